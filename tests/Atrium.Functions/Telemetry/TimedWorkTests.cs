using System.Reflection;
using System.Text.RegularExpressions;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Tests.Telemetry;

public sealed partial class TimedWorkTests
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
    public async Task A_timers_work_that_an_outage_ends_is_no_failure(Exception exception)
    {
        await RunAsync(exception);
        Assert.Single(_log.Lines, line => line.StartsWith("An outage kept PurgeTables from", StringComparison.Ordinal));
        Assert.InRange(_log.Lines.Count, 1, 2);
    }

    [Fact]
    public async Task The_line_says_which_work_how_much_failed_and_how()
    {
        var failures = new FailureCollector(default);
        await failures.TryAsync("Attempts2026W10", () => Task.CompletedTask);
        await failures.TryAsync("Attempts2026W11", () => throw Outages.Unavailable());
        await RunAsync(Assert.Throws<AggregateException>(failures.Complete));
        await RunAsync(Outages.Unavailable());
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
        from type in typeof(TimedWork).Assembly.GetTypes()
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
        Assert.Same(exception, await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(exception)));

    [Fact]
    public async Task Its_end_with_the_host_passes_through()
    {
        var stopped = new OperationCanceledException();
        Assert.Same(stopped, await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(stopped, new(canceled: true))));
        Assert.Empty(_log.Lines);
    }

    Task RunAsync(Exception exception, CancellationToken stopping = default) =>
        new TimedWork(_log.Outages(), _log.Of<TimedWork>())
            .DoAsync(SpanName.PurgeTables, _ => throw exception, stopping);

    // NCRONTAB with six fields: the third is the hours, of each day.
    [GeneratedRegex(@"^\S+ \S+ (\*|\d+-\d+) \* \* \*$")]
    private static partial Regex EachHourOrSeveral();
}
