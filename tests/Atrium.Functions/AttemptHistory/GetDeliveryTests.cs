using System.Net;
using System.Text.Json;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.AttemptHistory;

public sealed class GetDeliveryTests : IDisposable
{
    readonly AttemptApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_delivery_has_all_runs_and_attempts_in_their_order()
    {
        for (var attempt = 1; attempt <= 10; attempt++)
        {
            await _api.RecordAsync(
                Some.Record(attempt < 10 ? AttemptOutcome.Retrying : AttemptOutcome.DeadLettered, attempt: attempt));
        }

        // The replay began in another week, and its rows are in another table.
        await _api.RecordAsync(
            Some.Record(AttemptOutcome.Retrying, run: 2) with { RunStartedAt = Some.Time.AddDays(12) });
        await _api.RecordAsync(
            Some.Record(AttemptOutcome.Delivered, run: 2, attempt: 2) with { RunStartedAt = Some.Time.AddDays(12) });
        await _api.RecordAsync(99, Some.Time);

        var delivery = (await _api.DeliveryAsync(Some.DeliveryId)).Json;
        Assert.Equal((Some.DeliveryId, "Delivered"), (Text(delivery, "id"), Text(delivery, "outcome")));
        Assert.Equal(
            (Some.SubscriptionId, Some.EventId, "visitor.pre_registered"),
            (Text(delivery, "subscriptionId"), Text(delivery, "eventId"), Text(delivery, "event")));
        Assert.Equal(
            Enumerable.Range(1, 10).Select(attempt => (1, attempt)).Append((2, 1)).Append((2, 2)),
            delivery.GetProperty("runs").EnumerateArray().SelectMany(run => run.GetProperty("attempts").EnumerateArray()
                .Select(attempt => (run.GetProperty("run").GetInt32(), attempt.GetProperty("attempt").GetInt32()))));
        Assert.Equal(
            Some.Time.AddDays(12), delivery.GetProperty("runs")[1].GetProperty("startedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_delivery_under_way_tells_when_the_next_attempt_is_due()
    {
        await _api.RecordAsync(Some.Record());
        var delivery = (await _api.DeliveryAsync(Some.DeliveryId)).Json;
        Assert.Equal("Retrying", Text(delivery, "outcome"));
        Assert.Equal(Some.Time.AddSeconds(77), delivery.GetProperty("nextAttemptAt").GetDateTimeOffset());
    }

    [Theory]
    [InlineData(0)]
    // Recorded by an earlier version.
    [InlineData(null)]
    public async Task A_success_of_the_first_run_counts_though_a_replay_came_after_it(int? acceptedAfterSeconds)
    {
        await _api.RecordAsync(Some.Record(AttemptOutcome.Delivered, attempt: 2));
        await _api.RecordAsync(Some.Record(AttemptOutcome.Retrying, run: 2) with
        {
            AcceptedAt = acceptedAfterSeconds is { } seconds ? Some.Time.AddSeconds(seconds) : null,
            RunStartedAt = Some.Time.AddHours(1),
            StartedAt = Some.Time.AddHours(1),
        });
        Assert.Equal("Delivered", Text((await _api.DeliveryAsync(Some.DeliveryId)).Json, "outcome"));
    }

    [Theory]
    [InlineData(nameof(AttemptOutcome.Retrying))]
    [InlineData(nameof(AttemptOutcome.DeadLettered))]
    public async Task An_event_that_was_published_again_after_its_delivery_is_as_its_last_attempt(string outcome)
    {
        await _api.RecordAsync(Some.Record(AttemptOutcome.Delivered));
        await _api.RecordAsync(Some.Record(Enum.Parse<AttemptOutcome>(outcome), run: 2) with
        {
            AcceptedAt = Some.Time.AddHours(2),
            RunStartedAt = Some.Time.AddHours(2),
            StartedAt = Some.Time.AddHours(2),
        });
        Assert.Equal(outcome, Text((await _api.DeliveryAsync(Some.DeliveryId)).Json, "outcome"));
    }

    [Theory]
    [InlineData("msg_ffffffffffffffffffffffffffffffff")]
    [InlineData("msg_x' or RowKey ne '")]
    [InlineData("x")]
    public async Task What_is_not_on_record_is_not_found(string id)
    {
        await _api.RecordAsync(Some.Record());
        Assert.Equal(HttpStatusCode.NotFound, (await _api.DeliveryAsync(id)).Status);
    }

    static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
