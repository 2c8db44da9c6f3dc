using System.Globalization;
using System.Net;
using Atrium.Functions.Events;
using Atrium.Functions.Http;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Events;

public sealed class IngestFunctionTests : IDisposable
{
    readonly AppRig _rig = new();
    readonly RecordingSender _queue;

    public IngestFunctionTests() => _queue = _rig.Bus.Sender(Queues.VisitorEvents);

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("visitor.pre_registered")]
    [InlineData("visitor.checked_in")]
    [InlineData("visitor.checked_out")]
    public async Task An_event_is_accepted_when_it_is_on_the_queue(string name)
    {
        var answer = await PostAsync(SampleEvents.Of(name));
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        var sent = Assert.Single(_queue.Sent);
        Assert.Equal(sent.MessageId, answer.Json.GetProperty("id").GetString());
        Assert.Equal("acme", answer.Json.GetProperty("tenant").GetString());
    }

    [Fact]
    public async Task The_body_is_passed_on_byte_for_byte()
    {
        var body = BinaryData.FromString(
            "\r\n" + SampleEvents.CheckedIn.ToString()
            .Replace("Acme Corp", "Acm\\u00e9 ✓\", \"new\" :\t1.50, \"x\":\"", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(body)).Status);
        Assert.Equal(body.ToArray(), _queue.Sent.Single().Body.ToArray());
    }

    [Fact]
    public async Task The_same_body_sent_twice_is_one_event()
    {
        await PostAsync(SampleEvents.CheckedIn);
        await PostAsync(SampleEvents.CheckedIn);
        await PostAsync(SampleEvents.CheckedOut);
        Assert.Equal(2, Ids().Distinct().Count());
    }

    [Fact]
    public async Task The_same_body_with_the_same_key_is_one_event_and_with_another_key_another()
    {
        await PostAsync(SampleEvents.CheckedIn, key: "a");
        await PostAsync(SampleEvents.CheckedIn, key: "a");
        await PostAsync(SampleEvents.CheckedIn, key: "b");
        await PostAsync(SampleEvents.CheckedIn);
        Assert.Equal(3, Ids().Count);
        Assert.Equal(3, Ids().Distinct().Count());
    }

    [Fact]
    public async Task Another_event_with_the_same_key_is_422_and_is_not_sent()
    {
        await PostAsync(SampleEvents.CheckedIn, key: "a");
        var answer = await PostAsync(SampleEvents.CheckedOut, key: "a");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "application/problem+json"),
            (answer.Status, answer.ContentType));
        Assert.Single(_queue.Sent);
        Assert.Equal(HttpStatusCode.UnprocessableEntity,
            (await PostAsync(BinaryData.FromString(SampleEvents.CheckedIn + " "), key: "a")).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(SampleEvents.CheckedOut, key: "b")).Status);
        Assert.Equal(HttpStatusCode.Accepted,
            (await PostAsync(SampleEvents.CheckedOut, tenant: "other", key: "a")).Status);
    }

    [Fact]
    public async Task Of_two_events_that_come_at_once_with_one_key_one_is_accepted()
    {
        _rig.Tables.Table(EventKeys.Weeks.Name(Some.Time)).Exists = true;
        using var hold = new Hold(_rig.Tables, "add");
        var answers = Task.WhenAll(PostAsync(SampleEvents.CheckedIn, key: "a"),
            PostAsync(SampleEvents.CheckedOut, key: "a"));
        await hold.Reached;
        hold.Release();
        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.UnprocessableEntity],
            (await answers).Select(answer => answer.Status).Order());
        Assert.Single(_queue.Sent);
    }

    [Theory]
    [InlineData("2026-04-19T23:59:59Z")]
    [InlineData("2026-04-20T23:59:59Z")]
    public async Task Of_two_events_at_once_with_one_key_one_is_accepted_though_the_day_changes_the_table(string from)
    {
        _rig.Time.Advance(DateTimeOffset.Parse(from, CultureInfo.InvariantCulture) - _rig.Time.GetUtcNow());
        _rig.Tables.Table(EventKeys.Weeks.Name(Some.Time)).Exists = true;
        using var hold = new Hold(_rig.Tables, "add");
        var early = PostAsync(SampleEvents.CheckedIn, key: "a");
        await hold.Reached;
        hold.LetPass();
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        var late = await PostAsync(SampleEvents.CheckedOut, key: "a");
        hold.Release();

        Assert.Equal(HttpStatusCode.Accepted, late.Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await early).Status);
        Assert.Equal(SampleEvents.CheckedOut.ToString(), Assert.Single(_queue.Sent).Body.ToString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await PostAsync(SampleEvents.CheckedIn, key: "a")).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(SampleEvents.CheckedOut, key: "a")).Status);
        Assert.Single(_queue.Sent);
    }

    [Fact]
    public async Task A_key_stands_for_its_event_for_a_day_whatever_week_that_ends_in_and_then_for_the_next()
    {
        // From a Sunday to a Monday, and within the week.
        foreach (var hours in new[] { 4 * 24 + 6, 6 })
        {
            _rig.Time.Advance(TimeSpan.FromHours(hours));
            var key = $"a{hours}";
            await PostAsync(SampleEvents.CheckedIn, key: key);
            _rig.Time.Advance(IdempotencyKey.KeptFor - TimeSpan.FromSeconds(1));
            Assert.Equal(HttpStatusCode.UnprocessableEntity,
                (await PostAsync(SampleEvents.CheckedOut, key: key)).Status);
            Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(SampleEvents.CheckedIn, key: key)).Status);
            _rig.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(SampleEvents.CheckedOut, key: key)).Status);
            Assert.Equal(HttpStatusCode.UnprocessableEntity,
                (await PostAsync(SampleEvents.CheckedIn, key: key)).Status);
        }

        // Two events of one key are never the same, and so neither is dropped for the other.
        Assert.Equal(4, Ids().Distinct().Count());
    }

    [Theory]
    [InlineData("add")]
    [InlineData("get")]
    public async Task While_the_keys_cannot_be_read_nothing_is_sent(string call)
    {
        await PostAsync(SampleEvents.CheckedIn, key: "a");
        _rig.Tables.Before = name => name == call ? Task.FromException(Outages.Unavailable()) : Task.CompletedTask;
        await Assert.ThrowsAsync<RequestFailedException>(() => PostAsync(SampleEvents.CheckedIn, key: "a"));
        Assert.Single(_queue.Sent);
    }

    [Fact]
    public async Task An_event_that_was_not_taken_is_taken_when_it_comes_again()
    {
        _queue.FailWith(new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy));
        await Assert.ThrowsAsync<ServiceBusException>(() => PostAsync(SampleEvents.CheckedIn, key: "a"));
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(SampleEvents.CheckedIn, key: "a")).Status);
    }

    [Fact]
    public async Task An_event_that_was_sent_is_not_sent_again_under_its_key_for_a_day_from_the_keys_first_use()
    {
        var first = await PostAsync(SampleEvents.CheckedIn, key: "a");
        _rig.Time.Advance(Queues.DuplicateWindow + TimeSpan.FromMinutes(1));
        var again = await PostAsync(SampleEvents.CheckedIn, key: "a");
        Assert.Equal((HttpStatusCode.Accepted, first.Text), (again.Status, again.Text));
        Assert.Single(_queue.Sent);

        // From a Sunday to a Monday, when the row is in the table of the week before.
        _rig.Time.Advance(TimeSpan.FromDays(4));
        await PostAsync(SampleEvents.CheckedIn, key: "b");
        _rig.Time.Advance(IdempotencyKey.KeptFor - TimeSpan.FromSeconds(1));
        await PostAsync(SampleEvents.CheckedIn, key: "b");
        Assert.Equal(2, _queue.Sent.Count);
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        await PostAsync(SampleEvents.CheckedIn, key: "b");
        Assert.Equal(3, _queue.Sent.Count);
    }

    [Fact]
    public async Task One_whose_sending_failed_is_sent_again_under_the_same_id_at_any_time_and_then_not_again()
    {
        _queue.FailWith(new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy));
        await Assert.ThrowsAsync<ServiceBusException>(() => PostAsync(SampleEvents.CheckedIn, key: "a"));
        _rig.Time.Advance(TimeSpan.FromHours(6));
        await PostAsync(SampleEvents.CheckedIn, key: "a");
        _rig.Time.Advance(TimeSpan.FromHours(6));
        var answer = await PostAsync(SampleEvents.CheckedIn, key: "a");
        Assert.Equal(Assert.Single(_queue.Sent).MessageId, answer.Json.GetProperty("id").GetString());
    }

    [Fact]
    public async Task One_whose_mark_failed_is_accepted_and_sent_again_under_the_same_id()
    {
        _rig.Tables.Before = call => call == "update" ? throw Outages.Unavailable() : Task.CompletedTask;
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(SampleEvents.CheckedIn, key: "a")).Status);
        _rig.Tables.Before = _ => Task.CompletedTask;
        _rig.Time.Advance(TimeSpan.FromHours(2));
        await PostAsync(SampleEvents.CheckedIn, key: "a");
        await PostAsync(SampleEvents.CheckedIn, key: "a");
        Assert.Equal(2, Ids().Count);
        Assert.Single(Ids().Distinct());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_whose_mark_was_made_though_its_answer_was_lost_is_not_sent_again(bool forGood)
    {
        _rig.Tables.AnswerLost = "update";
        _rig.Tables.AfterLoss = () => forGood ? throw new TaskCanceledException("No answer came.") : Task.CompletedTask;
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(SampleEvents.CheckedIn, key: "a")).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(SampleEvents.CheckedIn, key: "a")).Status);
        Assert.Single(_queue.Sent);
    }

    [Fact]
    public async Task One_is_marked_though_the_client_has_gone_away()
    {
        using var gone = new CancellationTokenSource();
        _queue.Forward = _ => gone.Cancel();
        await PostAsync(SampleEvents.CheckedIn, key: "a", cancellationToken: gone.Token);
        await PostAsync(SampleEvents.CheckedIn, key: "a");
        Assert.Single(_queue.Sent);
    }

    [Fact]
    public async Task The_same_event_that_comes_twice_at_once_is_accepted_twice_under_one_id()
    {
        _rig.Tables.Table(EventKeys.Weeks.Name(Some.Time)).Exists = true;
        using var hold = new Hold(_rig.Tables, "update");
        var both = Task.WhenAll(
            PostAsync(SampleEvents.CheckedIn, key: "a"), PostAsync(SampleEvents.CheckedIn, key: "a"));
        await hold.Reached;
        hold.Release();
        Assert.All(await both, answer => Assert.Equal(HttpStatusCode.Accepted, answer.Status));
        await PostAsync(SampleEvents.CheckedIn, key: "a");
        Assert.Equal(2, Ids().Count);
        Assert.Single(Ids().Distinct());
    }

    [Fact]
    public async Task A_mark_that_comes_when_the_key_has_passed_to_another_event_is_none_of_that_events()
    {
        using var hold = new Hold(_rig.Tables, "update");
        var first = PostAsync(SampleEvents.CheckedIn, key: "a");
        await hold.Reached;
        hold.LetPass();
        _rig.Time.Advance(IdempotencyKey.KeptFor);
        _queue.FailWith(new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy));
        await Assert.ThrowsAsync<ServiceBusException>(() => PostAsync(SampleEvents.CheckedOut, key: "a"));
        hold.Release();
        await first;
        await PostAsync(SampleEvents.CheckedOut, key: "a");
        Assert.Equal(2, Ids().Distinct().Count());
    }

    [Fact]
    public async Task Only_an_event_with_a_key_costs_a_call_of_the_table()
    {
        _rig.Tables.Table(EventKeys.Weeks.Name(Some.Time)).Exists = true;
        await PostAsync(SampleEvents.CheckedIn);
        Assert.Empty(_rig.Tables.Calls);
        await PostAsync(SampleEvents.CheckedIn, key: "a");
        Assert.Equal(["add", "update"], _rig.Tables.Calls);
    }

    [Fact]
    public async Task Of_a_key_and_its_event_hashes_are_kept_alone()
    {
        await PostAsync(SampleEvents.CheckedIn, key: "order-17");
        var row = Assert.Single(_rig.Tables.Table("EventKeys2026W16").Rows);
        Assert.DoesNotContain(row, field => $"{field.Value}".Contains("order-17", StringComparison.Ordinal));
        Assert.DoesNotContain(row, field => $"{field.Value}".Contains("jane", StringComparison.Ordinal));
        Assert.Equal(("acme", Ids()[0]), (row.PartitionKey, row.GetString("EventId")));
    }

    [Fact]
    public async Task Tenants_never_collide()
    {
        await PostAsync(SampleEvents.CheckedIn, tenant: "a");
        await PostAsync(SampleEvents.CheckedIn, tenant: "b");
        await PostAsync(SampleEvents.CheckedIn, tenant: "a", key: "k");
        await PostAsync(SampleEvents.CheckedIn, tenant: "b", key: "k");
        Assert.Equal(4, Ids().Distinct().Count());
        Assert.Equal(["a", "b", "a", "b"], _queue.Sent.Select(message => message.ApplicationProperties["tenant"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("../x")]
    [InlineData("..")]
    [InlineData(null)]
    public async Task What_is_no_tenant_is_refused_and_none_is_taken_for_granted(string? tenant)
    {
        var answer = await PostAsync(SampleEvents.CheckedIn, tenant: tenant);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(["tenant"], answer.Pointers);
        Assert.Empty(_queue.Sent);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public async Task A_key_has_1_to_255_characters(int length)
    {
        Assert.Equal(
            HttpStatusCode.BadRequest, (await PostAsync(SampleEvents.CheckedIn, key: new string('k', length))).Status);
        Assert.Equal(
            HttpStatusCode.Accepted, (await PostAsync(SampleEvents.CheckedIn, key: new string('k', 255))).Status);
    }

    [Fact]
    public async Task What_is_wrong_with_an_event_is_told_field_by_field()
    {
        var answer = await PostAsync(SampleEvents.Changed("visitor.checked_in", sample =>
        {
            sample["visitor"]!["email"] = 5;
            sample["visit"]!["checked_in_at"] = "2026-04-15T10:05:00";
        }));
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Equal(
            ["/visitor/email", "/visit/checked_in_at"],
            answer.Json.GetProperty("errors").EnumerateArray()
                .Select(error => error.GetProperty("pointer").GetString()));
        Assert.Empty(_queue.Sent);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("null")]
    public async Task What_is_no_json_is_refused(string body)
    {
        var answer = await PostAsync(BinaryData.FromString(body));
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.NotEmpty(answer.Json.GetProperty("errors")[0].GetProperty("detail").GetString()!);
        Assert.Empty(_queue.Sent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_oversized_event_is_refused_whether_its_length_is_told_or_not(bool tellsLength)
    {
        var body = BinaryData.FromBytes(new byte[EventReader.MaxBytes + 1]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(body, tellsLength: tellsLength)).Status);
        Assert.Empty(_queue.Sent);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/xml")]
    [InlineData("application/jsonp")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task Another_media_type_or_none_is_refused(string? type) =>
        Assert.Equal(
            HttpStatusCode.UnsupportedMediaType, (await PostAsync(SampleEvents.CheckedIn, contentType: type)).Status);

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON")]
    [InlineData("application/cloudevents+json")]
    public async Task Json_is_taken_however_it_is_written(string type) =>
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(SampleEvents.CheckedIn, contentType: type)).Status);

    [Fact]
    public async Task An_event_that_service_bus_does_not_take_is_not_accepted()
    {
        _queue.FailWith(new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy));
        await Assert.ThrowsAsync<ServiceBusException>(() => PostAsync(SampleEvents.CheckedIn));
    }

    Task<HttpAnswer> PostAsync(
        BinaryData body, string? tenant = "acme", string? key = null, string? contentType = "application/json",
        bool tellsLength = true, CancellationToken cancellationToken = default)
    {
        var request = HttpCall.Of("POST", "/api/events", body, contentType, tellsLength);
        if (tenant is not null)
        {
            request.QueryString = Microsoft.AspNetCore.Http.QueryString.Create("tenant", tenant);
        }

        if (key is not null)
        {
            request.Headers["Idempotency-Key"] = key;
        }

        return HttpCall.AnswerAsync(request, _rig.Get<IngestFunction>().RunAsync(request, cancellationToken));
    }

    List<string?> Ids() => [.. _queue.Sent.Select(message => message.MessageId)];
}
