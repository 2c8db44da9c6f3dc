using System.Text;
using System.Text.Json;

namespace Atrium.EndToEnd;

[Collection(nameof(FastApp))]
public sealed class RetryTests(FastApp started)
{
    static readonly double[] Waits = [5, 10, 20, 40, 80, 160, 300, 300, 300];

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_receiver_that_fails_n_times_gets_one_attempt_more_and_then_no_other(int failures)
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, number) => number <= failures ? 500 : 200;
        await using var app = started.Share();
        await app.SubscribeAsync(receiver.Url, ["*"], generateSecret: true);
        await app.PublishAsync(Events.CheckedIn);

        var requests = await receiver.NextAsync(failures + 1);

        await app.QuietAsync();
        Assert.Equal(failures + 1, receiver.All.Count);
        Assert.Single(requests.Select(request => request.Id).Distinct());
        Assert.All(requests, request => Assert.Equal(Events.CheckedIn, Encoding.UTF8.GetString(request.Body)));
        AssertWaits(requests, failures);
    }

    [Fact]
    public async Task After_the_tenth_failure_the_message_is_dead_lettered_with_every_attempt_on_record()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = (_, _) => 503;
        await using var app = started.Share();
        var id = (await app.SubscribeAsync(receiver.Url, ["*"])).Id;
        await app.PublishAsync(Events.CheckedIn);

        var requests = await receiver.NextAsync(10);
        var dead = await app.DeadLetterAsync("deliveries", message => message.CorrelationId == requests[0].Id);

        Assert.Equal("AttemptsExhausted", dead.DeadLetterReason);
        Assert.Contains("503", dead.DeadLetterErrorDescription, StringComparison.Ordinal);
        Assert.Equal(Events.CheckedIn, dead.Body.ToString());
        Assert.Equal(10, receiver.All.Count);
        AssertWaits(requests, 9);
        // No failure pauses a subscription.
        Assert.Equal(
            JsonValueKind.Null,
            (await app.GetAsync($"api/tenants/{app.Tenant}/subscriptions/{id}")).GetProperty("pausedAt").ValueKind);

        var attempts = await Attempts.OfAsync(app.Tables, requests[0].Id);
        Assert.Equal(Enumerable.Range(1, 10), attempts.Select(attempt => attempt.GetInt32("Attempt")!.Value));
        Assert.Equal(
            Enumerable.Repeat("Retrying", 9).Append("DeadLettered"),
            attempts.Select(attempt => attempt.GetString("Outcome")));
        for (var i = 0; i < 9; i++)
        {
            // The wait asked for, from the end of an attempt to when the next is due: exact, whatever the machine's
            // speed.
            var end = attempts[i]
                .GetDateTimeOffset("StartedAt")!.Value.AddMilliseconds(attempts[i].GetDouble("TotalMs")!.Value);
            var wait = (attempts[i].GetDateTimeOffset("NextAttemptAt")!.Value - end).TotalSeconds;
            Assert.InRange(wait, (Waits[i] < 300 ? Waits[i] : 270) - 0.01, (Waits[i] < 300 ? Waits[i] * 1.1 : 300) + 5);
            Assert.Equal(attempts[i].GetDateTimeOffset("NextAttemptAt"), attempts[i + 1].GetDateTimeOffset("DueAt"));
        }
    }

    // The broker's time runs faster: no attempt may come before its wait has passed there.
    static void AssertWaits(IReadOnlyList<Received> requests, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var brokerSeconds = (requests[i + 1].At - requests[i].At).TotalSeconds * FastApp.ClockSpeed;
            Assert.True(
                brokerSeconds >= (Waits[i] < 300 ? Waits[i] : 270),
                $"Attempt {i + 2} came {brokerSeconds} s after the one before, in the broker's time.");
        }
    }
}
