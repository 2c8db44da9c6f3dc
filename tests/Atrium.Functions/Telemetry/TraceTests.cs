using System.Diagnostics;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Events;
using Atrium.Functions.Messaging;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.DeadLetters;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Telemetry;

public sealed class TraceTests : IAsyncLifetime, IDisposable
{
    const string Received = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    readonly ListenedTrace _trace = new();
    Pipeline _pipeline = null!;

    public async Task InitializeAsync() => _pipeline = await Pipeline.StartAsync();

    public async Task DisposeAsync() => await _pipeline.DisposeAsync();

    public void Dispose() => _trace.Dispose();

    [Fact]
    public async Task An_event_its_delivery_the_attempts_and_a_replay_are_one_trace()
    {
        _pipeline.Rig.Receiver.AnswerWith(500);
        ServiceBusMessage ingested;
        using (_trace.Begin("request"))
        {
            ingested = await _pipeline.IngestAsync();
        }

        var first = (await _pipeline.FanOutAsync(ingested))!;
        var second = await _pipeline.DeliverAsync(first);
        var third = await _pipeline.DeliverAsync(second);
        var replayed = await ReplayAsync(third);
        await _pipeline.DeliverAsync(replayed);
        Assert.Equal(
            ["ingest", "fan-out", "deliver", "deliver", "deliver"],
            _trace.Ended.Select(activity => activity.OperationName));
        var spans = _trace.Ended.Select(activity => activity.SpanId).ToList();
        Assert.Equal(
            [_trace.Root, spans[0], spans[1], spans[2], spans[3]],
            _trace.Ended.Select(activity => activity.ParentSpanId));
    }

    [Fact]
    public async Task An_attempts_span_tells_what_came_of_it_and_never_where()
    {
        _pipeline.Rig.Receiver.AnswerWith(503);
        await RunTracedAsync(Some.Delivery());
        var attempt = Assert.Single(_trace.Ended);
        // A webhook that fails is no failure of the app.
        Assert.Equal((ActivityKind.Consumer, ActivityStatusCode.Unset), (attempt.Kind, attempt.Status));
        Assert.Equal("Retrying", attempt.GetTagItem("webhook.outcome"));
        Assert.Equal("http", attempt.GetTagItem("error.type"));
        Assert.Equal(503, attempt.GetTagItem("http.response.status_code"));
        Assert.Equal("deliveries", attempt.GetTagItem("messaging.destination.name"));
        Assert.DoesNotContain(
            attempt.TagObjects, tag => $"{tag.Value}".Contains("127.0.0.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_delivery_that_an_outage_puts_back_is_an_error_on_its_span_and_no_event_of_it()
    {
        _pipeline.Rig.Tables.Outage = Outages.Unavailable;
        await RunTracedAsync(Some.Delivery());
        var attempt = Assert.Single(_trace.Ended);
        Assert.Equal(
            (ActivityStatusCode.Error, "503 ServerBusy: The server is busy"),
            (attempt.Status, attempt.StatusDescription));
        Assert.Equal("RequestFailedException", attempt.GetTagItem("error.type"));
        Assert.Empty(attempt.Events);
    }

    [Fact]
    public async Task What_a_function_throws_is_the_error_of_its_span()
    {
        var message = new ServiceBusMessage("a step") { ApplicationProperties = { ["traceparent"] = _trace.Parent } };
        await Assert.ThrowsAsync<InvalidOperationException>(() => MessageTrace.RunAsync(
            SpanName.RunJob, Queues.Jobs, Some.Received(message),
            () => throw new InvalidOperationException("It cannot be.")));
        var step = Assert.Single(_trace.Ended);
        Assert.Equal(
            ("run-job", ActivityStatusCode.Error, "InvalidOperationException"),
            (step.OperationName, step.Status, step.GetTagItem("error.type")));
    }

    [Fact]
    public async Task What_a_message_brought_goes_on_though_nobody_listens()
    {
        _pipeline.Rig.Receiver.AnswerWith(500);
        var ingested = Some.Event().Write(Some.Time);
        ingested.ApplicationProperties["traceparent"] = Received;
        var first = (await _pipeline.FanOutAsync(ingested))!;
        var second = await _pipeline.DeliverAsync(first);
        Assert.Equal([Received, Received], [Trace(first), Trace(second)]);
    }

    [Fact]
    public async Task A_job_that_replays_does_not_pull_a_delivery_into_its_own_trace()
    {
        var failed = DeadLetterApi.Failed(change: delivery => delivery with { Trace = Received });
        using (_trace.Begin("job"))
        {
            Assert.Equal(Received, Trace(await ReplayAsync(failed)));
        }
    }

    [Fact]
    public async Task The_hosts_own_trace_is_linked_and_not_followed()
    {
        var message = DeliveryMessageWriter.Write(Some.Delivery() with { Trace = _trace.Parent }, Some.Time);
        using var host = new Activity("host").SetIdFormat(ActivityIdFormat.W3C).Start();
        await _pipeline.Rig.RunAsync(Some.Received(message));
        var attempt = Assert.Single(_trace.Ended);
        Assert.Equal(_trace.Root, attempt.ParentSpanId);
        Assert.Equal(host.TraceId, Assert.Single(attempt.Links).Context.TraceId);
    }

    [Theory]
    [InlineData("rubbish")]
    [InlineData("")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData(Received + "-and-more")]
    [InlineData(17)]
    public async Task Rubbish_is_no_trace_and_hinders_nothing(object rubbish)
    {
        var message = DeliveryMessageWriter.Write(Some.Delivery(), Some.Time);
        message.ApplicationProperties["traceparent"] = rubbish;
        await _pipeline.Rig.RunAsync(Some.Received(message));
        Assert.Single(_pipeline.Rig.Actions.Completed);
        Assert.Null(MessageTrace.Of(Some.Received(message)));
        Assert.Null(EventMessage.Read(Some.Received(message)).Message!.Trace);
    }

    [Fact]
    public void What_a_client_of_service_bus_wrote_is_read_as_well()
    {
        var message = Some.Event().Write(Some.Time);
        message.ApplicationProperties["Diagnostic-Id"] = Received;
        Assert.Equal(Received, EventMessage.Read(Some.Received(message)).Message!.Trace);
    }

    [Fact]
    public void Without_a_trace_a_message_has_no_property_for_one()
    {
        Assert.Null(Trace(Some.Event().Write(Some.Time)));
        Assert.Null(Trace(DeliveryMessageWriter.Write(Some.Delivery(), Some.Time)));
    }

    Task RunTracedAsync(DeliveryMessage delivery) => _pipeline.Rig.RunAsync(delivery with { Trace = _trace.Parent });

    static async Task<ServiceBusMessage> ReplayAsync(ServiceBusMessage failed)
    {
        using var api = new DeadLetterApi();
        api.DeadDeliveries.Put(failed, Some.Time, DeadLetterReason.AttemptsExhausted);
        await api.EndAsync(await api.ReplayAsync(new { queue = "deliveries", all = true }));
        return Assert.Single(api.Deliveries.Sent);
    }

    static object? Trace(ServiceBusMessage message) =>
        message.ApplicationProperties.TryGetValue("traceparent", out var value) ? value : null;
}
