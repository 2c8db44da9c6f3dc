using System.Globalization;
using System.Net;
using Atrium.Functions.Events;
using Atrium.Functions.Http;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Events;

/// <summary>Events that their publisher sends under an <c>Idempotency-Key</c>.</summary>
public sealed class IngestKeyTests : IDisposable
{
    readonly IngestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task The_same_body_with_the_same_key_is_one_event_and_with_another_key_another()
    {
        await _api.PostAsync(SampleEvents.CheckedIn, key: "a");
        await _api.PostAsync(SampleEvents.CheckedIn, key: "a");
        await _api.PostAsync(SampleEvents.CheckedIn, key: "b");
        await _api.PostAsync(SampleEvents.CheckedIn);
        Assert.Equal(3, _api.Ids().Count);
        Assert.Equal(3, _api.Ids().Distinct().Count());
    }

    [Fact]
    public async Task Another_event_with_the_same_key_is_422_and_is_not_sent()
    {
        await _api.PostAsync(SampleEvents.CheckedIn, key: "a");
        var answer = await _api.PostAsync(SampleEvents.CheckedOut, key: "a");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "application/problem+json"),
            (answer.Status, answer.ContentType));
        Assert.Single(_api.Queue.Sent);
        Assert.Equal(HttpStatusCode.UnprocessableEntity,
            (await _api.PostAsync(BinaryData.FromString(SampleEvents.CheckedIn + " "), key: "a")).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await _api.PostAsync(SampleEvents.CheckedOut, key: "b")).Status);
        Assert.Equal(HttpStatusCode.Accepted,
            (await _api.PostAsync(SampleEvents.CheckedOut, tenant: "other", key: "a")).Status);
    }

    [Fact]
    public async Task Of_two_events_that_come_at_once_with_one_key_one_is_accepted()
    {
        _api.Tables.Table(EventKeys.Weeks.Name(Some.Time)).Exists = true;
        using var hold = new Hold(_api.Tables, "add");
        var answers = Task.WhenAll(_api.PostAsync(SampleEvents.CheckedIn, key: "a"),
            _api.PostAsync(SampleEvents.CheckedOut, key: "a"));
        await hold.Reached;
        hold.Release();
        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.UnprocessableEntity],
            (await answers).Select(answer => answer.Status).Order());
        Assert.Single(_api.Queue.Sent);
    }

    [Theory]
    [InlineData("2026-04-19T23:59:59Z")]
    [InlineData("2026-04-20T23:59:59Z")]
    public async Task Of_two_events_at_once_with_one_key_one_is_accepted_though_the_day_changes_the_table(string from)
    {
        _api.Time.Advance(DateTimeOffset.Parse(from, CultureInfo.InvariantCulture) - _api.Time.GetUtcNow());
        _api.Tables.Table(EventKeys.Weeks.Name(Some.Time)).Exists = true;
        using var hold = new Hold(_api.Tables, "add");
        var early = _api.PostAsync(SampleEvents.CheckedIn, key: "a");
        await hold.Reached;
        hold.LetPass();
        _api.Time.Advance(TimeSpan.FromSeconds(1));
        var late = await _api.PostAsync(SampleEvents.CheckedOut, key: "a");
        hold.Release();

        Assert.Equal(HttpStatusCode.Accepted, late.Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await early).Status);
        Assert.Equal(SampleEvents.CheckedOut.ToString(), Assert.Single(_api.Queue.Sent).Body.ToString());
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity, (await _api.PostAsync(SampleEvents.CheckedIn, key: "a")).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await _api.PostAsync(SampleEvents.CheckedOut, key: "a")).Status);
        Assert.Single(_api.Queue.Sent);
    }

    [Fact]
    public async Task A_key_stands_for_its_event_for_a_day_whatever_week_that_ends_in_and_then_for_the_next()
    {
        // From a Sunday to a Monday, and within the week.
        foreach (var hours in new[] { 4 * 24 + 6, 6 })
        {
            _api.Time.Advance(TimeSpan.FromHours(hours));
            var key = $"a{hours}";
            await _api.PostAsync(SampleEvents.CheckedIn, key: key);
            _api.Time.Advance(IdempotencyKey.KeptFor - TimeSpan.FromSeconds(1));
            Assert.Equal(HttpStatusCode.UnprocessableEntity,
                (await _api.PostAsync(SampleEvents.CheckedOut, key: key)).Status);
            Assert.Equal(HttpStatusCode.Accepted, (await _api.PostAsync(SampleEvents.CheckedIn, key: key)).Status);
            _api.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(HttpStatusCode.Accepted, (await _api.PostAsync(SampleEvents.CheckedOut, key: key)).Status);
            Assert.Equal(HttpStatusCode.UnprocessableEntity,
                (await _api.PostAsync(SampleEvents.CheckedIn, key: key)).Status);
        }

        // Two events of one key are never the same, and so neither is dropped for the other.
        Assert.Equal(4, _api.Ids().Distinct().Count());
    }

    [Fact]
    public async Task A_publisher_that_goes_away_while_its_event_is_sent_finds_it_marked()
    {
        using var publisher = new CancellationTokenSource();
        _api.Queue.Forward = _ => publisher.Cancel();
        await Record.ExceptionAsync(
            () => _api.PostAsync(SampleEvents.CheckedIn, key: "a", cancellationToken: publisher.Token));
        _api.Queue.Forward = _ => { };
        _api.Time.Advance(IdempotencyKey.KeptFor - TimeSpan.FromHours(1));

        await _api.PostAsync(SampleEvents.CheckedIn, key: "a");

        Assert.Single(_api.Queue.Sent);
    }

    [Theory]
    [InlineData("add")]
    [InlineData("get")]
    public async Task While_the_keys_cannot_be_read_nothing_is_sent(string call)
    {
        await _api.PostAsync(SampleEvents.CheckedIn, key: "a");
        _api.Tables.Before = name => name == call ? Task.FromException(Outages.Unavailable()) : Task.CompletedTask;
        await Assert.ThrowsAsync<RequestFailedException>(() => _api.PostAsync(SampleEvents.CheckedIn, key: "a"));
        Assert.Single(_api.Queue.Sent);
    }

    [Fact]
    public async Task An_event_that_was_not_taken_is_taken_when_it_comes_again()
    {
        _api.Queue.FailWith(new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy));
        await Assert.ThrowsAsync<ServiceBusException>(() => _api.PostAsync(SampleEvents.CheckedIn, key: "a"));
        Assert.Equal(HttpStatusCode.Accepted, (await _api.PostAsync(SampleEvents.CheckedIn, key: "a")).Status);
    }

    [Fact]
    public async Task An_event_that_was_sent_is_not_sent_again_under_its_key_for_a_day_from_the_keys_first_use()
    {
        var first = await _api.PostAsync(SampleEvents.CheckedIn, key: "a");
        _api.Time.Advance(Queues.DuplicateWindow + TimeSpan.FromMinutes(1));
        var again = await _api.PostAsync(SampleEvents.CheckedIn, key: "a");
        Assert.Equal((HttpStatusCode.Accepted, first.Text), (again.Status, again.Text));
        Assert.Single(_api.Queue.Sent);

        // From a Sunday to a Monday, when the row is in the table of the week before.
        _api.Time.Advance(TimeSpan.FromDays(4));
        await _api.PostAsync(SampleEvents.CheckedIn, key: "b");
        _api.Time.Advance(IdempotencyKey.KeptFor - TimeSpan.FromSeconds(1));
        await _api.PostAsync(SampleEvents.CheckedIn, key: "b");
        Assert.Equal(2, _api.Queue.Sent.Count);
        _api.Time.Advance(TimeSpan.FromSeconds(1));
        await _api.PostAsync(SampleEvents.CheckedIn, key: "b");
        Assert.Equal(3, _api.Queue.Sent.Count);
    }

    [Fact]
    public async Task One_whose_sending_failed_is_sent_again_under_the_same_id_at_any_time_and_then_not_again()
    {
        _api.Queue.FailWith(new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy));
        await Assert.ThrowsAsync<ServiceBusException>(() => _api.PostAsync(SampleEvents.CheckedIn, key: "a"));
        _api.Time.Advance(TimeSpan.FromHours(6));
        await _api.PostAsync(SampleEvents.CheckedIn, key: "a");
        _api.Time.Advance(TimeSpan.FromHours(6));
        var answer = await _api.PostAsync(SampleEvents.CheckedIn, key: "a");
        Assert.Equal(Assert.Single(_api.Queue.Sent).MessageId, answer.Json.GetProperty("id").GetString());
    }

    [Fact]
    public async Task One_whose_mark_failed_is_accepted_and_sent_again_under_the_same_id()
    {
        _api.Tables.Before = call => call == "update" ? throw Outages.Unavailable() : Task.CompletedTask;
        Assert.Equal(HttpStatusCode.Accepted, (await _api.PostAsync(SampleEvents.CheckedIn, key: "a")).Status);
        _api.Tables.Before = _ => Task.CompletedTask;
        _api.Time.Advance(TimeSpan.FromHours(2));
        await _api.PostAsync(SampleEvents.CheckedIn, key: "a");
        await _api.PostAsync(SampleEvents.CheckedIn, key: "a");
        Assert.Equal(2, _api.Ids().Count);
        Assert.Single(_api.Ids().Distinct());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_whose_mark_was_made_though_its_answer_was_lost_is_not_sent_again(bool forGood)
    {
        _api.Tables.AnswerLost = "update";
        _api.Tables.AfterLoss = () => forGood ? throw new TaskCanceledException("No answer came.") : Task.CompletedTask;
        Assert.Equal(HttpStatusCode.Accepted, (await _api.PostAsync(SampleEvents.CheckedIn, key: "a")).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await _api.PostAsync(SampleEvents.CheckedIn, key: "a")).Status);
        Assert.Single(_api.Queue.Sent);
    }

    [Fact]
    public async Task One_is_marked_though_the_client_has_gone_away()
    {
        using var gone = new CancellationTokenSource();
        _api.Queue.Forward = _ => gone.Cancel();
        await _api.PostAsync(SampleEvents.CheckedIn, key: "a", cancellationToken: gone.Token);
        await _api.PostAsync(SampleEvents.CheckedIn, key: "a");
        Assert.Single(_api.Queue.Sent);
    }

    [Fact]
    public async Task The_same_event_that_comes_twice_at_once_is_accepted_twice_under_one_id()
    {
        _api.Tables.Table(EventKeys.Weeks.Name(Some.Time)).Exists = true;
        using var hold = new Hold(_api.Tables, "update");
        var both = Task.WhenAll(
            _api.PostAsync(SampleEvents.CheckedIn, key: "a"), _api.PostAsync(SampleEvents.CheckedIn, key: "a"));
        await hold.Reached;
        hold.Release();
        Assert.All(await both, answer => Assert.Equal(HttpStatusCode.Accepted, answer.Status));
        await _api.PostAsync(SampleEvents.CheckedIn, key: "a");
        Assert.Equal(2, _api.Ids().Count);
        Assert.Single(_api.Ids().Distinct());
    }

    [Fact]
    public async Task A_mark_that_comes_when_the_key_has_passed_to_another_event_is_none_of_that_events()
    {
        using var hold = new Hold(_api.Tables, "update");
        var first = _api.PostAsync(SampleEvents.CheckedIn, key: "a");
        await hold.Reached;
        hold.LetPass();
        _api.Time.Advance(IdempotencyKey.KeptFor);
        _api.Queue.FailWith(new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy));
        await Assert.ThrowsAsync<ServiceBusException>(() => _api.PostAsync(SampleEvents.CheckedOut, key: "a"));
        hold.Release();
        await first;
        await _api.PostAsync(SampleEvents.CheckedOut, key: "a");
        Assert.Equal(2, _api.Ids().Distinct().Count());
    }

    [Fact]
    public async Task Only_an_event_with_a_key_costs_a_call_of_the_table()
    {
        _api.Tables.Table(EventKeys.Weeks.Name(Some.Time)).Exists = true;
        await _api.PostAsync(SampleEvents.CheckedIn);
        Assert.Empty(_api.Tables.Calls);
        await _api.PostAsync(SampleEvents.CheckedIn, key: "a");
        Assert.Equal(["add", "update"], _api.Tables.Calls);
    }

    [Fact]
    public async Task Of_a_key_and_its_event_hashes_are_kept_alone()
    {
        await _api.PostAsync(SampleEvents.CheckedIn, key: "order-17");
        var row = Assert.Single(_api.Tables.Table("EventKeys2026W16").Rows);
        Assert.DoesNotContain(row, field => $"{field.Value}".Contains("order-17", StringComparison.Ordinal));
        Assert.DoesNotContain(row, field => $"{field.Value}".Contains("jane", StringComparison.Ordinal));
        Assert.Equal(("acme", _api.Ids()[0]), (row.PartitionKey, row.GetString("EventId")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public async Task A_key_has_1_to_255_characters(int length)
    {
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await _api.PostAsync(SampleEvents.CheckedIn, key: new string('k', length))).Status);
        Assert.Equal(
            HttpStatusCode.Accepted, (await _api.PostAsync(SampleEvents.CheckedIn, key: new string('k', 255))).Status);
    }
}
