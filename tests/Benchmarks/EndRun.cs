using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Atrium.EndToEnd;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Messaging;
using Atrium.Local.Emulators.ServiceBus;
using Atrium.Metering;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Benchmarks;

/// <summary>
/// What becomes of the deliveries to one endpoint that fails: of a backlog, then of a steady rate, beside a few healthy
/// endpoints. By the real clock, because the gate knows no other. So a run takes the schedule's twenty minutes.
/// </summary>
static partial class EndRun
{
    /// <summary>Those of <see cref="DeadRun.Ways"/> that are failures.</summary>
    public static readonly IReadOnlyCollection<string> Ways = ["hangs", "refuses", "trickles", "fails", "rejects"];

    static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    const string Failing = "failing";
    const int Healthy = 5;
    const int HealthyPerSecond = 5;

    // Each attempt's message is sent, received and settled.
    const int OperationsOfMessage = 3;
    const int OperationsOfTenFailures = OperationsOfMessage * RetrySchedule.MaxAttempts;
    const double MostOperations = 1.5 * OperationsOfTenFailures;

    // What customers of other tenants see of a sudden death.
    static readonly TimeSpan Onset = TimeSpan.FromSeconds(90);

    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    // How long after the steady rate and the schedule to wait for runs that are late.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    // The schedule's nine waits, at their longest.
    static readonly TimeSpan Waits = Enumerable.Range(1, RetrySchedule.MaxAttempts - 1)
        .Select(attempt => new[] { 0, 0.999 }.Max(jitter => RetrySchedule.WaitAfter(attempt, jitter)))
        .Aggregate((sum, wait) => sum + wait);

    public static async Task<int> RunAsync(int backlog, double perSecond, int seconds, string way, bool comesBack)
    {
        var arrived = new ConcurrentDictionary<string, long>();
        await using var healthy = await LoadRun.ReceiverAsync(arrived);
        await using var failing = await FailingEndpoint.StartAsync(way);
        using var folder = new TemporaryFolder();
        // In this process, where its operations are heard.
        await using var broker = await ServiceBusEmulator.StartAsync(
            new ServiceBusEmulatorOptions
            {
                ConfigFile = Path.Combine(AppContext.BaseDirectory, "config.json"),
                DatabaseFile = Path.Combine(folder.Path, "servicebus.db"),
                Port = 0,
            },
            TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        Environment.SetEnvironmentVariable(Queues.Connection, broker.ConnectionString);
        await using var app = await AppProcess.StartAsync();
        await using var client = new ServiceBusClient(broker.ConnectionString);
        await using var sender = client.CreateSender(Queues.VisitorEvents);
        for (var tenant = 0; tenant < Healthy; tenant++)
        {
            await DeadRun.SubscribeAsync(app, $"healthy{tenant}", healthy.Urls.First());
        }

        var subscription = await DeadRun.SubscribeAsync(app, Failing, failing.Url);
        await HealthyAsync("warming up", (_, clock) => ValueTask.FromResult(clock.TotalSeconds < 15));
        await HealthyAsync("alone", (_, clock) => ValueTask.FromResult(clock.TotalSeconds < 60));

        var (operations, ended) = (0L, 0L);
        using var listener = new OperationListener(broker.Port, (operation, entity, count) =>
        {
            if (entity == Queues.Deliveries && operation is not ("renew-lock" or "peek"))
            {
                Interlocked.Add(ref operations, count);
                Interlocked.Add(ref ended, operation == "dead-letter" ? 1 : 0);
            }
        });
        var sent = backlog;
        await SendBacklogAsync(client, sender, backlog);
        var clock = Stopwatch.StartNew();
        var delivered = await HealthyAsync(
            "beside the failing one at first", (others, _) => GoOnAsync(others, most: Onset));
        delivered += await HealthyAsync(
            "beside the failing one later", (others, _) => GoOnAsync(others, TimeSpan.MaxValue));

        var counted = await CountedAsync(client);
        Say(
            Plain,
            $"{counted.Count} of {sent} dead-lettered after ten counted attempts, {failing.Delivered} delivered; "
            + $"{failing.Requests} requests, at most {failing.MostAtOnce} at once");
        if (counted.Count > 0)
        {
            Say(
                Plain,
                $"the latest ended {counted.Max(letter => Lateness(letter, way)).TotalMinutes:0.0} min after the "
                + $"schedule; by its put-backs, the dearest took {counted.Max(Operations)} operations, and "
                + $"{counted.Count(letter => Operations(letter) > MostOperations)} more than {MostOperations}");
        }

        var each = (operations - (double)OperationsOfMessage * delivered) / sent;
        Say(
            Plain,
            $"{each:0.0} operations of a delivery, {each / OperationsOfTenFailures:0.00} times ten plain failures");
        if (failing.BackAt is { } back)
        {
            var (due, later) = await DelaysAsync(app, subscription, back);
            Say(
                Plain, $"back: {due.Count} were due, the last came after {due.DefaultIfEmpty().Max():0.0} s; "
                + $"{later.Count} were due later, and came at most {later.DefaultIfEmpty().Max():0.0} s after that; "
                + $"at most {failing.MostAtOnceBack} requests at once");
        }

        return counted.Count + failing.Delivered == sent ? 0 : 1;

        async ValueTask<bool> GoOnAsync(List<ServiceBusMessage> others, TimeSpan most)
        {
            if (app.HasEnded)
            {
                throw new InvalidOperationException("The app has ended. What it said is above.");
            }

            if (comesBack && failing.BackAt is null && clock.Elapsed.TotalSeconds >= seconds / 2.0)
            {
                await failing.ComeBackAsync();
            }

            if (clock.Elapsed >= most)
            {
                return false;
            }

            var all = backlog + (int)(Math.Min(clock.Elapsed.TotalSeconds, seconds) * perSecond);
            others.AddRange(Enumerable.Range(sent, all - sent).Select(EventOf));
            sent = all;
            return clock.Elapsed.TotalSeconds < seconds
                || Interlocked.Read(ref ended) + failing.Delivered < sent
                    && clock.Elapsed < TimeSpan.FromSeconds(seconds) + Waits + Patience;
        }

        async Task<int> HealthyAsync(
            string phase, Func<List<ServiceBusMessage>, TimeSpan, ValueTask<bool>> fillAsync)
        {
            var round = new Round(sender, arrived);
            var clock = Stopwatch.StartNew();
            for (var others = new List<ServiceBusMessage>(); await fillAsync(others, clock.Elapsed); others.Clear())
            {
                var due = (int)(clock.Elapsed.TotalSeconds * HealthyPerSecond) + 1 - round.Sent;
                await round.SendAsync(
                    [.. Enumerable.Range(round.Sent, due)
                        .Select(number => LoadRun.Event($"healthy{number % Healthy}", $"{phase}-{number}"))],
                    others);
            }

            await round.EndAsync($"{phase}, the healthy");
            return round.Sent;
        }
    }

    static ServiceBusMessage EventOf(int number) => LoadRun.Event(Failing, $"{Failing}-{number}");

    // Until all are deliveries: what waits to be fanned out holds up everybody's events.
    static async Task SendBacklogAsync(ServiceBusClient client, ServiceBusSender sender, int backlog)
    {
        var clock = Stopwatch.StartNew();
        foreach (var some in Enumerable.Range(0, backlog).Select(EventOf).Chunk(100))
        {
            await sender.SendMessagesAsync(some);
        }

        await using var receiver = client.CreateReceiver(Queues.VisitorEvents);
        while (await receiver.PeekMessageAsync(0) is not null)
        {
            await Task.Delay(Tick, TimeProvider.System);
        }

        Say(Plain, $"the backlog of {backlog} became deliveries within {clock.Elapsed.TotalSeconds:0} s");
    }

    static async Task<List<ServiceBusReceivedMessage>> CountedAsync(ServiceBusClient client)
    {
        await using var receiver = client.CreateReceiver(
            Queues.Deliveries, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var letters = new List<ServiceBusReceivedMessage>();
        while (await receiver.PeekMessagesAsync(
            250, letters is [.., var last] ? last.SequenceNumber + 1 : 0) is { Count: > 0 } page)
        {
            letters.AddRange(page);
        }

        return [.. letters.Where(letter => letter.DeadLetterReason == DeadLetterReason.AttemptsExhausted
            && Number(letter, DeliveryProperties.Attempt) == RetrySchedule.MaxAttempts)];
    }

    // The last attempt's request is as long as the schedule's, so both are left out.
    static TimeSpan Lateness(ServiceBusReceivedMessage letter, string way)
    {
        var request = way switch
        {
            "hangs" or "trickles" => new EgressOptions().Timeout,
            "fails" => DeadRun.LateAnswer,
            _ => TimeSpan.Zero,
        };
        return Time(LastAttempt().Match(letter.DeadLetterErrorDescription).Groups[1].Value)
            - Time((string)letter.ApplicationProperties[DeliveryProperties.RunStartedAt])
            - Waits - (RetrySchedule.MaxAttempts - 1) * request;
    }

    static int Operations(ServiceBusReceivedMessage letter) =>
        OperationsOfTenFailures + OperationsOfMessage * Number(letter, DeliveryProperties.Refusals);

    static int Number(ServiceBusReceivedMessage letter, string property) =>
        Convert.ToInt32(letter.ApplicationProperties.GetValueOrDefault(property, 0), Plain);

    static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, Plain);

    /// <summary>In seconds, how long after the endpoint's return those came that were due then, and how long after they
    /// were due the others did.</summary>
    static async Task<(List<double> Due, List<double> Later)> DelaysAsync(
        AppProcess app, string subscription, DateTimeOffset back)
    {
        var (due, later) = (new List<double>(), new List<double>());
        for (var cursor = ""; cursor is not null;)
        {
            var page = await app.Http.GetFromJsonAsync<JsonElement>(new Uri(
                $"{subscription}/attempts?outcome=Delivered&limit=100{cursor}", UriKind.Relative));
            foreach (var attempt in page.GetProperty("items").EnumerateArray())
            {
                var dueAt = attempt.GetProperty("dueAt").GetDateTimeOffset();
                var from = dueAt > back ? dueAt : back;
                (dueAt > back ? later : due).Add(
                    (attempt.GetProperty("startedAt").GetDateTimeOffset() - from).TotalSeconds);
            }

            cursor = page.GetProperty("nextCursor").GetString() is { } next
                ? $"&cursor={Uri.EscapeDataString(next)}"
                : null;
        }

        return (due, later);
    }

    static void Say(
        IFormatProvider format,
        [InterpolatedStringHandlerArgument(nameof(format))] ref DefaultInterpolatedStringHandler text) =>
        Console.WriteLine(text.ToStringAndClear());

    [GeneratedRegex("the last one at ([^:]+:[^:]+:[^:]+):")]
    private static partial Regex LastAttempt();
}
