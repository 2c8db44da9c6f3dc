using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Functions.Tests.Bugs;

/// <summary>
/// A secret that somebody had removed from the vault was dressed as an answer of the vault. The line about the
/// delivery said neither which subscription it was nor what to do; an admin was told that a service does not answer.
/// </summary>
public sealed class B42MissingSecretTests
{
    static readonly SecretReference Gone = new("webhook-gone", "v1");

    public static TheoryData<bool, bool> Cases => new()
    {
        { true, false }, { true, true }, { false, false }, { false, true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_delivery_waits_for_it_and_the_log_says_whose_it_is_and_what_to_do(
        bool isSecret, bool isUnreadable)
    {
        await using var rig = await DeliveryRig.StartAsync();
        var reference = isUnreadable ? SecretReference.Unreadable : Gone;
        await rig.SubscribeAsync(Some.Subscription() with
        {
            Secret = isSecret ? reference : null,
            Headers = isSecret ? null : new CustomHeaders(["X-Key"], reference),
        });

        await rig.RunAsync(Some.Delivery());

        Assert.Empty(rig.Receiver.Requests);
        Assert.Equal((1, 1), (rig.Scheduled().Attempt, rig.Scheduled().PutBack));
        var line = Assert.Single(
            rig.Logged.Lines, line => line.Contains("put back for the first time", StringComparison.Ordinal));
        Assert.Contains($"subscription {Some.SubscriptionId} of tenant acme", line, StringComparison.Ordinal);
        Assert.Contains("request already made: False", line, StringComparison.Ordinal);
        Assert.Contains(isUnreadable ? "Deploy the version" : "webhook-gone", line, StringComparison.Ordinal);
        Assert.Contains(
            isSecret ? "rotate the subscription's secret" : "set the subscription's headers again", line,
            StringComparison.Ordinal);
        Assert.DoesNotContain("…", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_put_back_like_an_outage_and_is_none_of_the_vaults()
    {
        var vault = Some.VaultOf(new FakeVault());
        using var keys = new SigningKeys(
            vault, Some.Metrics(), new SteppedTime(Some.Time), NullLogger<SigningKeys>.Instance);
        var missing = await Assert.ThrowsAsync<MissingSecretException>(
            () => keys.GetAsync(new SigningReferences(Gone, []), default));

        Assert.True(Outage.IsOne(missing, default));
        Assert.True(Outage.Passes(missing, default));
        using var outages = Some.Outages();
        Assert.False(outages.Explains(missing));
        outages.Failed(Dependency.Tables, new RequestFailedException(503, "It is busy."));
        Assert.False(outages.Explains(missing));
    }

    [Fact]
    public async Task The_values_of_headers_that_are_missing_are_told_alike()
    {
        using var headers = new HeaderValues(
            Some.VaultOf(new FakeVault()), Some.Metrics(), new SteppedTime(Some.Time));
        var missing = await Assert.ThrowsAsync<MissingSecretException>(() => headers.GetAsync(Gone, default));
        Assert.Contains("webhook-gone", missing.Message, StringComparison.Ordinal);
    }
}
