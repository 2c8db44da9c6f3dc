using System.Net;
using System.Net.Sockets;
using Atrium.Functions.Events;
using Atrium.Functions.Messaging;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace Atrium.Functions.Tests.Telemetry;

/// <summary>Events that meet tables that are gone, through the genuine client with all that it throws.</summary>
public sealed class DeadTableTests : IDisposable
{
    /// <summary>A minute's events at twenty a second.</summary>
    const int Events = 1_200;

    // When it begins and when it is over, in at most this many characters each.
    const int MostLines = 2;
    const int MostCharacters = 1_000;

    readonly Answering _answering = new();
    readonly AppRig _rig;

    public DeadTableTests() =>
        _rig = new AppRig(replace: services => services.AddSingleton(provider =>
        {
            // One try: a second would wait by the machine's clock.
            var options = new TableClientOptions
            {
                Retry = { MaxRetries = 0 },
                Transport = new HttpClientTransport(_answering),
            };
            options.AddPolicy(
                new OutagePolicy(Dependency.Tables, provider.GetRequiredService<OutageLog>()),
                HttpPipelinePosition.PerCall);
            return new TableServiceClient(
                "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=AAAA;TableEndpoint=https://tables.example/a",
                options);
        }));

    public static TheoryData<string> Ways => [.. Answering.Ways.Keys];

    RecordingSender Queue => _rig.Bus.Sender(Queues.VisitorEvents);

    IReadOnlyList<string> Lines => _rig.Logged.Lines;

    public void Dispose()
    {
        _rig.Dispose();
        _answering.Dispose();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_minutes_events_are_put_back_with_two_lines_in_the_log(string way)
    {
        _answering.Way = Answering.Ways[way];
        for (var number = 0; number < Events; number++)
        {
            await RunAsync(number);
        }

        Assert.Equal((Events, Events), (Queue.Sent.Count, _rig.Actions.Completed.Count));
        Assert.StartsWith("Table Storage fails: ", Assert.Single(Lines), StringComparison.Ordinal);

        _rig.Time.Advance(OutageLog.Interval);
        Assert.Contains($"still fails: {Events - 1} calls in the last 60 s", Lines[^1], StringComparison.Ordinal);
        Assert.InRange(Lines.Count, 1, MostLines);
        var text = string.Join('\n', Lines);
        Assert.InRange(text.Length, 1, MostCharacters);
        Assert.DoesNotContain("tables.example", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_tables_back_the_log_says_so()
    {
        _answering.Way = Answering.Ways["refused"];
        await RunAsync(0);
        _answering.Way = () => new HttpResponseMessage(HttpStatusCode.NotFound);
        await RunAsync(1);
        _rig.Time.Advance(OutageLog.Calm);
        Assert.StartsWith(
            "Table Storage works again: 1 calls failed", _rig.Logged.Of<OutageLog>()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_no_outage_explains_is_a_line_for_an_event_the_first_time_without_a_stack()
    {
        _answering.Way = () => new HttpResponseMessage(HttpStatusCode.Conflict) { ReasonPhrase = "Somebody is at it" };
        await RunAsync(0);
        await RunAsync(0, putBack: 1);
        Assert.Equal(2, Queue.Sent.Count);
        Assert.Equal(
            "Event 0 of tenant acme put back for the first time, for 5 s: a dependency failed, "
            + "409 : Service request failed",
            Assert.Single(Lines));
    }

    Task RunAsync(int number, int putBack = 0) => _rig.Get<FanOutFunction>().RunAsync(
        Some.Received((Some.Event() with { EventId = $"{number}", PutBack = putBack }).Write(Some.Time)),
        _rig.Actions,
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
