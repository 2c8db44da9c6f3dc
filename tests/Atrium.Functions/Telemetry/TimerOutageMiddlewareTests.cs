using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Telemetry;

public sealed class TimerOutageMiddlewareTests
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
        Assert.InRange(_log.Lines.Count, 0, 1);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Whatever_else_ends_one_passes_through(Exception exception) =>
        Assert.Same(exception, await Assert.ThrowsAnyAsync<Exception>(() => RunAsync("timerTrigger", exception)));

    // The exception is what hands the message back.
    [Theory]
    [MemberData(nameof(OfOutages))]
    public async Task A_queue_functions_failure_passes_through(Exception exception) =>
        Assert.Same(exception, await Assert.ThrowsAnyAsync<Exception>(() => RunAsync("serviceBusTrigger", exception)));

    Task RunAsync(string trigger, Exception exception) =>
        new TimerOutageMiddleware(_log.Outages())
            .Invoke(new FakeFunctionContext(trigger: trigger), _ => throw exception);
}
