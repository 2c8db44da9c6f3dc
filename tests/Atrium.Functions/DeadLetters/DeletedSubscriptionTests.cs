using System.Net;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.DeadLetters;

/// <summary>
/// A replay of dead letters whose subscription was deleted sent them to end without a request, and so destroyed them.
/// </summary>
public sealed class DeletedSubscriptionTests : IDisposable
{
    const string Deleted = "sub_ffffffffffffffffffff";

    readonly DeadLetterApi _api = new();

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("deliveries")]
    [InlineData("parked")]
    public async Task Letters_of_a_deleted_subscription_stay_and_the_job_says_why(string queue)
    {
        var letters = queue == "parked" ? _api.DeadParked : _api.DeadDeliveries;
        letters.Put(Of(Deleted, 1), Some.Time, DeadLetterReason.AttemptsExhausted);
        letters.Put(Of(Some.SubscriptionId, 2), Some.Time, DeadLetterReason.AttemptsExhausted);

        var job = await _api.EndAsync(await _api.ReplayAsync(new { queue, all = true }));

        Assert.Equal(
            (JobState.Succeeded, 1, 1, 1),
            (job.State, job.Counts.Taken, job.Counts.Skipped, job.Counts.SubscriptionDeleted));
        Assert.Equal(
            "1 of the messages asked for were left where they are: numbers 1. 1 are for a subscription that has been "
            + "deleted: discard them, or replay them once it is there again.",
            job.Explanation);
        Assert.Equal(1, Assert.Single(letters.Messages).SequenceNumber);
        Assert.Equal(Some.SubscriptionId, DeadLetterApi.Read(Assert.Single(_api.Deliveries.Sent)).SubscriptionId);
    }

    [Fact]
    public async Task Letters_whose_subscription_is_deleted_during_a_step_stay()
    {
        for (var number = 1; number <= 300; number++)
        {
            _api.PutDelivery(number);
        }

        var asked = await _api.ReplayAsync(new { all = true });
        var store = _api.Rig.Get<SubscriptionStore>();
        _api.DeadDeliveries.BeforeReceiveDeferred = number =>
            number == 1 ? store.RemoveAsync(Some.Tenant, Some.SubscriptionId, default) : Task.CompletedTask;

        var job = await _api.EndAsync(asked);

        Assert.Equal(
            (JobState.Succeeded, 100, 200, 200, 300),
            (job.State, job.Counts.Taken, job.Counts.Skipped, job.Counts.SubscriptionDeleted, job.Counts.Examined));
        Assert.Equal(100, _api.Deliveries.Sent.Count);
    }

    [Fact]
    public async Task Beside_what_cannot_be_read_each_reason_is_told()
    {
        _api.DeadDeliveries.Put(Of(Deleted, 1), Some.Time);
        _api.DeadDeliveries.Put(Of(Deleted, 2), Some.Time);
        _api.DeadDeliveries.Put(
            new ServiceBusMessage("?") { ApplicationProperties = { ["version"] = 99, ["tenant"] = Some.Tenant } },
            Some.Time);

        var job = await _api.EndAsync(await _api.ReplayAsync(new { all = true }));

        Assert.Equal(
            "3 of the messages asked for were left where they are: numbers 3, 1, 2. 1 cannot be read by this version "
            + "of the app: discard them, or replay them with the version that can. 2 are for a subscription that has "
            + "been deleted: discard them, or replay them once it is there again.",
            job.Explanation);
    }

    [Fact]
    public async Task One_alone_is_refused_with_the_reason_and_can_be_discarded()
    {
        _api.DeadDeliveries.Put(Of(Deleted, 1), Some.Time);

        var refused = await _api.ReplayOneAsync("deliveries", 1);

        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.Equal("subscription_deleted", refused.Json.GetProperty("code").GetString());
        Assert.False(_api.Rig.HasMore);
        var job = await _api.EndAsync(await _api.DiscardOneAsync("deliveries", 1));
        Assert.Equal(1, job.Counts.Taken);
    }

    [Fact]
    public async Task A_request_that_comes_again_is_answered_as_before_the_deletion()
    {
        _api.PutDelivery(1);
        var first = await _api.ReplayOneAsync("deliveries", 1, key: "k");
        await _api.Rig.Get<SubscriptionStore>().RemoveAsync(Some.Tenant, Some.SubscriptionId, default);

        var again = await _api.ReplayOneAsync("deliveries", 1, key: "k");
        var job = await _api.EndAsync(again);

        Assert.Equal(first.Json.GetProperty("id").GetString(), again.Json.GetProperty("id").GetString());
        Assert.Equal((0, 1), (job.Counts.Taken, job.Counts.SubscriptionDeleted));
        Assert.Single(_api.DeadDeliveries.Messages);
    }

    [Fact]
    public async Task So_do_notices_until_there_is_a_url_for_them_again()
    {
        _api.DeadDeliveries.Put(Of(SubscriptionId.Notices, 1), Some.Time);

        Assert.Equal(HttpStatusCode.Conflict, (await _api.ReplayOneAsync("deliveries", 1)).Status);
        var without = await _api.EndAsync(await _api.ReplayAsync(new { all = true }));
        Assert.Equal((0, 1), (without.Counts.Taken, without.Counts.SubscriptionDeleted));

        await _api.Rig.Get<SubscriptionStore>().AddAsync(Some.Subscription(SubscriptionId.Notices), default);
        var with = await _api.EndAsync(await _api.ReplayOneAsync("deliveries", 1));
        Assert.Equal((1, null), (with.Counts.Taken, with.Explanation));
    }

    static ServiceBusMessage Of(string subscription, int number) =>
        DeadLetterApi.Failed(number, delivery => delivery with { SubscriptionId = subscription });
}
