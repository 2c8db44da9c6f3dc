using System.Collections.Concurrent;
using Atrium.Functions.Secrets;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Secrets;

public sealed class SigningKeysTests : IDisposable
{
    static readonly SecretReference Current = new("webhook-x", "v1");
    static readonly SecretReference Earlier = new("webhook-w", "v1");

    readonly FakeVault _service = new();
    readonly FakeTimeProvider _time = new();
    readonly FakeLogger<SigningKeys> _logger = new();
    readonly SigningKeys _keys;

    public SigningKeysTests()
    {
        _keys = new SigningKeys(Some.VaultOf(_service, _time), Some.Metrics(), _time, _logger);
        _service.Put(Current.Name, Current.Version, Some.Secret.Reveal());
    }

    public void Dispose() => _keys.Dispose();

    [Fact]
    public async Task A_burst_of_deliveries_costs_one_read_of_the_vault()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => GetAsync()));
        Assert.Equal(1, _service.Reads);
    }

    [Fact]
    public async Task An_instance_that_starts_reads_each_secret_in_use_once_and_eight_at_a_time()
    {
        const int InUse = 1_000;
        for (var i = 0; i < InUse; i++)
        {
            _service.Put($"webhook-{i}", "v1", Some.Secret.Reveal());
        }

        var underWay = 0;
        var seen = new ConcurrentBag<int>();
        _service.Before = async _ =>
        {
            seen.Add(Interlocked.Increment(ref underWay));
            await Task.Yield();
            Interlocked.Decrement(ref underWay);
        };
        var time = new SteppedTime(Some.Time);
        using var vault = new SecretVault(_service, time, () => 0.5);
        using var keys = new SigningKeys(vault, Some.Metrics(), time, _logger);
        var reading = Task.WhenAll(
            Enumerable.Range(0, 2 * InUse)
                .Select(i => keys.GetAsync(new(new($"webhook-{i % InUse}", "v1"), []), default)));
        // Those that find others reading wait a little before they read, so that instances do not keep in step.
        Assert.InRange((await time.SkipAllAsync(reading)).Count, InUse / 2, InUse - SecretVault.MaxReadsAtOnce);
        await reading;

        Assert.Equal(InUse, _service.Reads);
        Assert.InRange(seen.Max(), 2, SecretVault.MaxReadsAtOnce);
    }

    [Fact]
    public async Task A_known_version_needs_no_vault()
    {
        await GetAsync();
        _service.Outage = Outages.Unavailable;
        Assert.Equal([Some.Secret.Reveal()], await GetAsync());
    }

    [Fact]
    public async Task Another_version_is_another_secret()
    {
        await GetAsync();
        await Assert.ThrowsAsync<MissingSecretException>(
            () => _keys.GetAsync(new(Current with { Version = "v2" }, []), default));
    }

    [Fact]
    public async Task A_failure_is_not_kept()
    {
        _service.Outage = Outages.Unavailable;
        await Assert.ThrowsAsync<RequestFailedException>(() => GetAsync());
        _service.Outage = null;
        Assert.Single(await GetAsync());
    }

    [Fact]
    public async Task Without_references_there_are_no_secrets_and_no_read()
    {
        Assert.Empty(await _keys.GetAsync(null, default));
        Assert.Equal(0, _service.Reads);
    }

    [Fact]
    public async Task The_secret_in_force_comes_first_and_earlier_ones_after_it()
    {
        _service.Put(Earlier.Name, Earlier.Version, Some.OtherSecret.Reveal());
        Assert.Equal([Some.Secret.Reveal(), Some.OtherSecret.Reveal()], await GetAsync(Earlier));
    }

    [Fact]
    public async Task An_earlier_secret_that_is_gone_is_left_out_and_looked_for_again_after_half_a_minute()
    {
        Assert.Equal([Some.Secret.Reveal()], await GetAsync(Earlier));
        Assert.Contains(Earlier.Name, Assert.Single(_logger.Lines), StringComparison.Ordinal);
        await GetAsync(Earlier);
        Assert.Equal(2, _service.Reads);
        Assert.Single(_logger.Lines);

        _service.Put(Earlier.Name, Earlier.Version, Some.OtherSecret.Reveal());
        _time.Advance(VaultCache.GoneFor);

        Assert.Equal([Some.Secret.Reveal(), Some.OtherSecret.Reveal()], await GetAsync(Earlier));
    }

    [Fact]
    public async Task An_earlier_secret_that_cannot_be_read_is_an_outage_since_it_may_be_there()
    {
        await GetAsync();
        _service.Outage = Outages.Unavailable;
        await Assert.ThrowsAsync<RequestFailedException>(() => GetAsync(Earlier));
    }

    // A web server that the vault's address leads to by mistake knows nothing of secrets.
    [Fact]
    public async Task A_404_that_is_not_the_vaults_own_word_does_not_leave_an_earlier_secret_out()
    {
        await GetAsync();
        _service.Outage = () => new RequestFailedException(404, "Not Found");
        await Assert.ThrowsAsync<RequestFailedException>(() => GetAsync(Earlier));
    }

    [Fact]
    public async Task Without_the_secret_in_force_earlier_ones_do_not_sign_alone()
    {
        _service.Put(Earlier.Name, Earlier.Version, Some.OtherSecret.Reveal());
        await Assert.ThrowsAsync<MissingSecretException>(
            () => _keys.GetAsync(new(new("webhook-gone", "v1"), [Earlier]), default));
    }

    async Task<IReadOnlyList<string>> GetAsync(params SecretReference[] earlier) =>
        [.. (await _keys.GetAsync(new SigningReferences(Current, earlier), default)).Select(secret => secret.Reveal())];
}
