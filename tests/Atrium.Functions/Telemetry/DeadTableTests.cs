using System.Net;
using System.Net.Sockets;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Events;
using Atrium.Functions.Messaging;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;

namespace Atrium.Functions.Tests.Telemetry;

/// <summary>Events that meet tables that are gone, through the genuine client with all that it throws.</summary>
public sealed class DeadTableTests : IDisposable
{
    /// <summary>A minute's events at twenty a second.</summary>
    const int Events = 1_200;

    // When it begins and when it is over, in at most this many characters each.
    const int MostLines = 2;
    const int MostCharacters = 1_000;

    readonly PrintedLog _log = new();
    readonly SteppedTime _time = new(Some.Time);
    readonly RecordingSender _events = Some.Sender();
    readonly RecordingActions _actions = new();
    readonly Answering _answering = new();
    readonly FanOutFunction _function;

    public DeadTableTests()
    {
        var outages = _log.Outages();
        // One try: a second would wait by the machine's clock.
        var options = new TableClientOptions
        {
            Retry = { MaxRetries = 0 },
            Transport = new HttpClientTransport(_answering),
        };
        options.AddPolicy(new OutagePolicy(Dependency.Tables, outages), HttpPipelinePosition.PerCall);
        var tables = new TableServiceClient(
            "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=AAAA;TableEndpoint=https://tables.example/a",
            options);
        var patient = new PatientSender(_time, outages);
        _function = new FanOutFunction(
            new FanOut(
                new SubscriptionReads(new SubscriptionStore(tables)),
                new DeliveryQueue(Some.Sender(), patient, _time),
                Some.Metrics(),
                _log.Of<FanOut>()),
            new EventQueue(_events, patient, _time),
            new MessageSettler(Some.Metrics(), outages, _log.Of<MessageSettler>()),
            new PutBacks(Some.Metrics(), outages, Some.NoJitter),
            _log.Of<FanOutFunction>());
    }

    public static TheoryData<string> Ways => [.. Answering.Ways.Keys];

    public void Dispose() => _answering.Dispose();

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_minutes_events_are_put_back_with_two_lines_in_the_log(string way)
    {
        _answering.Way = Answering.Ways[way];
        for (var number = 0; number < Events; number++)
        {
            await RunAsync(number);
        }

        Assert.Equal((Events, Events), (_events.Sent.Count, _actions.Completed.Count));
        Assert.StartsWith("Table Storage fails: ", Assert.Single(_log.Lines), StringComparison.Ordinal);

        _log.Time.Advance(OutageLog.Interval);
        Assert.Contains($"still fails: {Events - 1} calls in the last 60 s", _log.Lines[^1], StringComparison.Ordinal);
        Assert.InRange(_log.Lines.Count, 1, MostLines);
        Assert.InRange(_log.Text.Length, 1, MostCharacters);
        Assert.DoesNotContain("tables.example", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_tables_back_the_log_says_so()
    {
        _answering.Way = Answering.Ways["refused"];
        await RunAsync(0);
        _answering.Way = () => new HttpResponseMessage(HttpStatusCode.NotFound);
        await RunAsync(1);
        _log.Time.Advance(OutageLog.Calm);
        Assert.StartsWith("Table Storage works again: 1 calls failed", _log.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_no_outage_explains_is_a_line_for_an_event_the_first_time_without_a_stack()
    {
        _answering.Way = () => new HttpResponseMessage(HttpStatusCode.Conflict) { ReasonPhrase = "Somebody is at it" };
        await RunAsync(0);
        await RunAsync(0, putBack: 1);
        Assert.Equal(2, _events.Sent.Count);
        Assert.Equal(
            "Event 0 of tenant acme put back for the first time, for 5 s: a dependency failed, "
            + "409 : Service request failed",
            Assert.Single(_log.Lines));
    }

    Task RunAsync(int number, int putBack = 0) => _function.RunAsync(
        Some.Received((Some.Event() with { EventId = $"{number}", PutBack = putBack }).Write(Some.Time)),
        _actions,
        default);

    /// <summary>What the network and the service do to requests.</summary>
    sealed class Answering : HttpMessageHandler
    {
        public static readonly Dictionary<string, Func<HttpResponseMessage>> Ways = new()
        {
            ["refused"] = () => throw new HttpRequestException(
                "Connection refused (10.0.0.4:443)", new SocketException((int)SocketError.ConnectionRefused)),
            ["broken"] = () => throw new IOException("The connection was closed."),
            ["silent"] = () => throw new TaskCanceledException("It took too long."),
            ["busy"] = () => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable),
            ["forbidden"] = () => new HttpResponseMessage(HttpStatusCode.Forbidden),
        };

        public Func<HttpResponseMessage> Way { get; set; } = () => new HttpResponseMessage(HttpStatusCode.NotFound);

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Way());
    }
}
