using System.Net;
using System.Text.Json;
using Atrium.Functions.Contract;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Messaging;
using Atrium.Functions.Portal;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.DeadLetters;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Portal;

/// <summary>What was sent to the URL for notices, for sessions with and without the right to send it again.</summary>
public sealed class PortalNoticesTests : IDisposable
{
    const string Sent = $"subscriptions/{SubscriptionId.Notices}";
    const string Failed = $"subscription={SubscriptionId.Notices}&queue=deliveries";

    readonly PortalApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Everybody_sees_what_was_sent_and_who_may_recover_sends_it_again()
    {
        await FailAsync();

        foreach (var rights in new[] { PortalRights.View, PortalRights.Manage, PortalRights.Recover })
        {
            var token = await _api.TokenAsync(rights);
            var attempt = Assert.Single(
                (await GetAsync($"{Sent}/attempts", token)).GetProperty("items").EnumerateArray());
            Assert.Equal(NoticeEvent.Failing, attempt.GetProperty("event").GetString());
            Assert.Equal(1, (await GetAsync($"dead-letters/count?{Failed}", token)).GetProperty("matching").GetInt32());
            Assert.Equal(
                1, (await GetAsync($"dead-letters/groups?{Failed}", token)).GetProperty("items").GetArrayLength());
            var place = (await GetAsync($"{Sent}/deliveries/{Some.DeliveryId}", token)).GetProperty("deadLetter");
            var again = await _api.CallAsync(
                "POST", $"dead-letters/deliveries/{place.GetProperty("sequenceNumber")}/replay", token);
            Assert.Equal(
                rights == PortalRights.Recover ? HttpStatusCode.Accepted : HttpStatusCode.Forbidden, again.Status);
        }

        await _api.Rig.RunAllAsync();
        var sent = DeadLetterApi.Read(Assert.Single(_api.Rig.Bus.Sender(Queues.Deliveries).Sent));
        Assert.Equal((SubscriptionId.Notices, Some.DeliveryId, 2), (sent.SubscriptionId, sent.DeliveryId, sent.Run));
    }

    async Task FailAsync()
    {
        await _api.Rig.Get<SubscriptionStore>().AddAsync(Some.Subscription(SubscriptionId.Notices), default);
        _api.Rig.Bus.DeadLetters(Queues.Deliveries).Put(
            DeadLetterApi.Failed(change: delivery => delivery with
            {
                SubscriptionId = SubscriptionId.Notices,
                EventType = NoticeEvent.Failing,
                DeliveryId = Some.DeliveryId,
            }),
            Some.Time, DeadLetterReason.AttemptsExhausted);
        await _api.Rig.Get<AttemptBatcher>().AddAsync(
            Some.Record(AttemptOutcome.DeadLettered, attempt: RetrySchedule.MaxAttempts) with
            {
                SubscriptionId = SubscriptionId.Notices,
                EventType = NoticeEvent.Failing,
            });
        await _api.Rig.IndexAsync();
    }

    async Task<JsonElement> GetAsync(string path, string token)
    {
        var answer = await _api.CallAsync("GET", path, token);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer.Json;
    }
}
