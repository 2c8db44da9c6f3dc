using Atrium.Functions.Secrets;
using Atrium.Functions.Tests.Fakes;
using Azure;

namespace Atrium.Functions.Tests.Secrets;

public sealed class SigningKeysTests : IDisposable
{
    readonly FakeVault _service = new();
    readonly SigningKeys _keys;

    public SigningKeysTests()
    {
        _keys = new SigningKeys(new SecretVault(_service));
        _service.Put("webhook-x", "v1", Some.Secret.Reveal());
    }

    public void Dispose() => _keys.Dispose();

    [Fact]
    public async Task A_burst_of_deliveries_costs_one_read_of_the_vault()
    {
        _service.Put("webhook-x", "v1", Some.Secret.Reveal());
        var reads = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _keys.GetAsync(new SecretReference("webhook-x", "v1"), default)));
        Assert.Single(reads.Distinct());
    }

    [Fact]
    public async Task A_version_is_read_once()
    {
        for (var time = 0; time < 10; time++)
        {
            Assert.Equal(Some.Secret.Reveal(), (await _keys.GetAsync(new("webhook-x", "v1"), default)).Reveal());
        }

        Assert.Equal(1, _service.Reads);
    }

    [Fact]
    public async Task A_known_version_needs_no_vault()
    {
        await _keys.GetAsync(new("webhook-x", "v1"), default);
        _service.Outage = Outages.Unavailable;
        Assert.Equal(Some.Secret.Reveal(), (await _keys.GetAsync(new("webhook-x", "v1"), default)).Reveal());
    }

    [Fact]
    public async Task Another_version_is_another_secret()
    {
        await _keys.GetAsync(new("webhook-x", "v1"), default);
        await Assert.ThrowsAsync<RequestFailedException>(() => _keys.GetAsync(new("webhook-x", "v2"), default));
    }

    [Fact]
    public async Task A_failure_is_not_kept()
    {
        _service.Outage = Outages.Unavailable;
        await Assert.ThrowsAsync<RequestFailedException>(() => _keys.GetAsync(new("webhook-x", "v1"), default));
        _service.Outage = null;
        Assert.NotNull(await _keys.GetAsync(new("webhook-x", "v1"), default));
    }
}
