using System.Reflection;
using System.Text.RegularExpressions;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Tests.Telemetry;

public sealed partial class TimerOutageMiddlewareTests
{
    readonly PrintedLog _log = new();

    public static TheoryData<Exception> OfOutages =>
    [
        new RequestFailedException(503, "Busy."),
        new ServiceBusException("Gone.", ServiceBusFailureReason.ServiceCommunicationProblem),
        new AggregateException(new UnauthorizedAccessException("No role."), new RequestFailedException(0, "Refused.")),
    ];

    public static TheoryData<Exception> Others =>
    [
        new InvalidOperationException("A bug."),
        new RequestFailedException(400, "InvalidInput"),
        new AggregateException(new RequestFailedException(503, "Busy."), new InvalidOperationException("A bug.")),
    ];

    [Theory]
    [MemberData(nameof(OfOutages))]
    public async Task A_timers_run_that_an_outage_ends_is_no_failure(Exception exception)
    {
        await RunAsync("timerTrigger", exception);
        Assert.Single(_log.Lines, line => line.StartsWith("An outage kept PurgeTables from", StringComparison.Ordinal));
        Assert.InRange(_log.Lines.Count, 1, 2);
    }

    [Fact]
    public async Task The_line_says_which_function_how_much_failed_and_how()
    {
        var separately = new Separately(default);
        await separately.TryAsync("Attempts2026W10", () => Task.CompletedTask);
        await separately.TryAsync("Attempts2026W11", () => throw Outages.Unavailable());
        await RunAsync("timerTrigger", Assert.Throws<AggregateException>(separately.Complete));
        await RunAsync("timerTrigger", Outages.Unavailable());
        Assert.Equal(
            [
                "An outage kept PurgeTables from what it does; its next run tries again: "
                + "1 of 2 failed: Attempts2026W11. (The server is busy.)",
                "An outage kept PurgeTables from what it does; its next run tries again: "
                + "503 ServerBusy: The server is busy",
            ],
            _log.Lines);
    }

    // What an outage has ended must not wait for a day.
    [Fact]
    public void Every_timer_runs_again_within_an_hour() => Assert.All(
        from type in typeof(TimerOutageMiddleware).Assembly.GetTypes()
        from method in type.GetMethods()
        from parameter in method.GetParameters()
        let trigger = parameter.GetCustomAttribute<TimerTriggerAttribute>()
        // The index is made again at once where it is missing; to walk the queues is but a check.
        where trigger is not null && type != typeof(RebuildIndexFunction)
        select trigger.Schedule,
        schedule => Assert.Matches(EachHourOrSeveral(), schedule));

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Whatever_else_ends_one_passes_through(Exception exception) =>
        Assert.Same(exception, await Assert.ThrowsAnyAsync<Exception>(() => RunAsync("timerTrigger", exception)));

    // The exception is what hands the message back.
    [Theory]
    [MemberData(nameof(OfOutages))]
    public async Task A_queue_functions_failure_passes_through(Exception exception) =>
        Assert.Same(exception, await Assert.ThrowsAnyAsync<Exception>(() => RunAsync("serviceBusTrigger", exception)));

    Task RunAsync(string trigger, Exception exception)
    {
        var run = new FakeFunctionContext(name: "PurgeTables", trigger: trigger);
        return TimerOutageMiddleware.Covers(run)
            ? new TimerOutageMiddleware(_log.Outages(), _log.Of<TimerOutageMiddleware>())
                .Invoke(run, _ => throw exception)
            : throw exception;
    }

    // NCRONTAB with six fields: the third is the hours, of each day.
    [GeneratedRegex(@"^\S+ \S+ (\*|\d+-\d+) \* \* \*$")]
    private static partial Regex EachHourOrSeveral();
}
