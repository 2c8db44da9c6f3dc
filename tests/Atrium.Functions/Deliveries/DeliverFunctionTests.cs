using System.Text;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Secrets;
using Atrium.Functions.Signing;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class DeliverFunctionTests : IAsyncLifetime
{
    DeliveryRig _rig = null!;

    public async Task InitializeAsync() => _rig = await DeliveryRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task A_success_is_recorded_then_completed()
    {
        await _rig.RunAsync(Some.Delivery());
        Assert.Equal(AttemptOutcome.Delivered, Assert.Single(await _rig.AttemptsAsync()).Outcome);
        Assert.Equal(
            [$"{AttemptTable.Name(Some.Time)}: transaction", $"complete {Some.DeliveryId}:1:1.0"],
            _rig.Journal.Entries.TakeLast(2));
        Assert.Empty(_rig.Queue.Sent);
    }

    [Fact]
    public async Task The_bytes_that_came_in_go_out_untouched()
    {
        var body = "{ \"event\":\t\"visitor.checked_in\", \"extra\": [1.10, \"\\u00e9 é\"]}"u8.ToArray();
        await _rig.RunAsync(Some.Delivery() with { Body = BinaryData.FromBytes(body) });
        Assert.Equal(body, Assert.Single(_rig.Receiver.Requests).Body);
    }

    [Fact]
    public async Task The_request_is_the_contracts()
    {
        await _rig.RunAsync(Some.Delivery());
        var headers = Assert.Single(_rig.Receiver.Requests).Headers;
        Assert.Equal("application/json", headers["Content-Type"]);
        Assert.Equal("Atrium-Webhook/1", headers["User-Agent"]);
        Assert.Equal(Some.DeliveryId, headers["webhook-id"]);
        Assert.Equal("1776245400", headers["webhook-timestamp"]);
        Assert.DoesNotContain("webhook-signature", headers.Keys);
    }

    [Fact]
    public async Task With_a_secret_the_very_bytes_are_signed_with_the_attempts_own_time()
    {
        await UseSecretAsync();
        _rig.Time.Advance(TimeSpan.FromSeconds(5));
        await _rig.RunAsync(Some.Delivery());
        var request = Assert.Single(_rig.Receiver.Requests);
        Assert.Equal("1776245405", request.Headers["webhook-timestamp"]);
        Assert.Equal(
            StandardWebhooks.Sign(Some.DeliveryId, 1776245405, request.Body, [Some.Secret]),
            request.Headers["webhook-signature"]);
    }

    [Fact]
    public async Task A_failure_schedules_the_next_attempt_first_and_completes_second()
    {
        _rig.Receiver.AnswerWith(503);
        await _rig.RunAsync(Some.Delivery());
        Assert.Equal(
            [$"{AttemptTable.Name(Some.Time)}: transaction", $"send {Some.DeliveryId}:1:2.0",
                $"complete {Some.DeliveryId}:1:1.0"],
            _rig.Journal.Entries.TakeLast(3));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(3, 20)]
    [InlineData(4, 40)]
    [InlineData(5, 80)]
    [InlineData(6, 160)]
    [InlineData(7, 300)]
    [InlineData(8, 300)]
    [InlineData(9, 300)]
    public async Task The_next_attempt_is_the_same_delivery_one_further_and_due_by_the_schedule(
        int attempt, int seconds)
    {
        _rig.Receiver.AnswerWith(500);
        await _rig.RunAsync(
            Some.Delivery() with
            {
                Run = 2,
                Attempt = attempt,
                PutBack = 3,
                AcceptedAt = Some.Time.AddDays(-4),
                LivesFrom = Some.Time.AddDays(-4)
            });
        var due = Some.Time.AddSeconds(seconds);
        var next = _rig.Scheduled();
        Assert.Equal(
            Some.Delivery() with
            {
                Run = 2,
                Attempt = attempt + 1,
                PutBack = 0,
                AcceptedAt = Some.Time.AddDays(-4),
                LivesFrom = Some.Time.AddDays(-4),
                DueAt = due,
                Body = next.Body
            }, next);
        var sent = _rig.Queue.Sent.Single();
        Assert.Equal($"{Some.DeliveryId}:2:{attempt + 1}.0", sent.MessageId);
        Assert.Equal(due, sent.ScheduledEnqueueTime);
        Assert.Equal(Some.Time.AddDays(10) - due, sent.TimeToLive);
        Assert.Equal(due, Assert.Single(await _rig.AttemptsAsync()).NextAttemptAt);
    }

    [Fact]
    public async Task Retry_after_is_heeded()
    {
        _rig.Receiver.AnswerWith(429, retryAfter: "60");
        await _rig.RunAsync(Some.Delivery());
        Assert.Equal(Some.Time.AddSeconds(60), _rig.Scheduled().DueAt);
    }

    [Fact]
    public async Task The_tenth_failure_is_dead_lettered_with_what_went_wrong()
    {
        _rig.Receiver.AnswerWith(410, "gone for good");
        await _rig.RunAsync(Some.Delivery() with { Attempt = 10 });
        var (id, reason, description) = Assert.Single(_rig.Actions.DeadLettered);
        Assert.Equal(($"{Some.DeliveryId}:1:10.0", "AttemptsExhausted"), (id, reason));
        Assert.Contains("All 10 attempts failed", description, StringComparison.Ordinal);
        Assert.Contains("410", description, StringComparison.Ordinal);
        Assert.Equal(
            new Dictionary<string, object> { ["lastStatus"] = 410, ["lastErrorClass"] = "http" },
            Assert.Single(_rig.Actions.SetOnDeadLetters)!);
        Assert.Equal(AttemptOutcome.DeadLettered, Assert.Single(await _rig.AttemptsAsync()).Outcome);
        Assert.Empty(_rig.Queue.Sent);
        Assert.Empty(_rig.Actions.Completed);
    }

    [Fact]
    public async Task What_the_receiver_answered_is_kept()
    {
        _rig.Receiver.AnswerWith(500, "Field 'email' is unknown");
        await _rig.RunAsync(Some.Delivery());
        var record = Assert.Single(await _rig.AttemptsAsync());
        Assert.Equal(
            (500, "http", "Field 'email' is unknown"), (record.Status, record.ErrorClass, record.ResponseExcerpt));
        Assert.NotNull(record.TotalMs);
    }

    [Fact]
    public async Task A_long_answer_is_cut_and_stored()
    {
        _rig.Receiver.AnswerWith(500, string.Concat(Enumerable.Repeat("😀", 3000)) + "\0\u0001");
        await _rig.RunAsync(Some.Delivery());
        Assert.InRange(
            Assert.Single(await _rig.AttemptsAsync()).ResponseExcerpt!.Length, 1000,
            AttemptRecord.MaxExcerptCharacters);
    }

    [Fact]
    public async Task A_delivery_whose_subscription_was_only_just_made_is_not_dropped()
    {
        await _rig.UnsubscribeAsync();
        await _rig.RunAsync(Some.Delivery() with { DeliveryId = "msg_other" });
        await _rig.SubscribeAsync();

        await _rig.RunAsync(Some.Delivery());

        Assert.Single(_rig.Receiver.Requests);
    }

    [Fact]
    public async Task A_deleted_subscription_ends_its_deliveries_with_a_record_and_no_request()
    {
        await _rig.UnsubscribeAsync();
        await _rig.RunAsync(Some.Delivery());
        Assert.Empty(_rig.Receiver.Requests);
        Assert.Equal(AttemptOutcome.SubscriptionDeleted, Assert.Single(await _rig.AttemptsAsync()).Outcome);
        Assert.Single(_rig.Actions.Completed);
        Assert.Empty(_rig.Actions.DeadLettered);
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_is_dead_lettered_with_what_is_wrong()
    {
        var message = DeliveryMessageWriter.Write(Some.Delivery(), Some.Time);
        message.ApplicationProperties["attempt"] = 11;
        await _rig.RunAsync(Some.Received(message));
        Assert.Equal(
            (message.MessageId, "InvalidDelivery", "The property 'attempt' is 11; it must be from 1 to 10."),
            Assert.Single(_rig.Actions.DeadLettered));
        Assert.Empty(_rig.Receiver.Requests);
    }

    [Theory]
    [MemberData(nameof(SettlementFaults.Names), MemberType = typeof(SettlementFaults))]
    public async Task A_success_whose_completion_failed_is_completed_later_without_a_request(string fault)
    {
        _rig.Actions.Fault = SettlementFaults.Of(fault);
        await _rig.RunAsync(Some.Delivery());
        _rig.Actions.Fault = null;
        await _rig.RunAsync(Some.Delivery(), deliveryCount: 2);
        Assert.Single(_rig.Receiver.Requests);
        Assert.Empty(_rig.Queue.Sent);
        Assert.Single(_rig.Actions.Completed);
    }

    [Theory]
    [MemberData(nameof(SettlementFaults.Names), MemberType = typeof(SettlementFaults))]
    public async Task A_tenth_failure_that_could_not_be_dead_lettered_is_later_without_a_request(string fault)
    {
        _rig.Receiver.AnswerWith(500);
        _rig.Actions.Fault = SettlementFaults.Of(fault);
        await _rig.RunAsync(Some.Delivery() with { Attempt = 10 });
        _rig.Actions.Fault = null;
        await _rig.RunAsync(Some.Delivery() with { Attempt = 10 }, deliveryCount: 2);
        Assert.Single(_rig.Receiver.Requests);
        Assert.Equal("AttemptsExhausted", Assert.Single(_rig.Actions.DeadLettered).Reason);
    }

    [Theory]
    [MemberData(nameof(SettlementFaults.Names), MemberType = typeof(SettlementFaults))]
    public async Task A_settlement_that_fails_is_not_repeated(string fault)
    {
        _rig.Actions.Fault = SettlementFaults.Of(fault);
        await _rig.RunAsync(Some.Delivery());
        Assert.Equal(1, _rig.Actions.Tries);
        await _rig.RunAsync(Some.Received(Unreadable()));
        Assert.Equal(2, _rig.Actions.Tries);
    }

    [Fact]
    public async Task A_message_is_settled_even_while_the_host_stops()
    {
        using var stopping = new CancellationTokenSource();
        // Between the answer and the settlement, when the attempt is recorded.
        _rig.Tables.Before = call => call == "transaction" ? stopping.CancelAsync() : Task.CompletedTask;
        await _rig.RunAsync(Some.Delivery(), stopping: stopping.Token);
        Assert.True(stopping.IsCancellationRequested);
        Assert.Single(_rig.Actions.Completed);
        Assert.Single(await _rig.AttemptsAsync());
    }

    [Fact]
    public async Task A_subscriptions_url_that_has_become_forbidden_is_a_failed_attempt()
    {
        var table = _rig.Tables.Table("Subscriptions");
        await _rig.UnsubscribeAsync();
        await table.AddEntityAsync(
            Functions.Subscriptions.SubscriptionEntity.ToEntity(
            Some.Subscription() with { Url = "https://10.0.0.4/hook" }));
        await _rig.RunAsync(Some.Delivery());
        Assert.Equal("blocked", Assert.Single(await _rig.AttemptsAsync()).ErrorClass);
        Assert.Equal(2, _rig.Scheduled().Attempt);
    }

    async Task UseSecretAsync()
    {
        _rig.Vault.Put("webhook-x", "v1", Some.Secret.Reveal());
        await _rig.SubscribeAsync(new SecretReference("webhook-x", "v1"));
    }

    static Azure.Messaging.ServiceBus.ServiceBusMessage Unreadable() => new(Encoding.UTF8.GetBytes("?"));
}
