using Atrium.Functions.Telemetry;
using Azure;
using Azure.Identity;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Telemetry;

public sealed class OutageTests
{
    public static TheoryData<Exception> Passing =>
    [
        new RequestFailedException(0, "No connection."),
        new RequestFailedException(401, "Unauthorized"),
        new RequestFailedException(403, "The app's role is missing."),
        new RequestFailedException(404, "The secret was deleted."),
        new RequestFailedException(409, "TableBeingDeleted"),
        new RequestFailedException(429, "Throttled"),
        new RequestFailedException(500, "Internal"),
        new RequestFailedException(503, "Busy"),
        new AuthenticationFailedException("No token."),
        new AggregateException(new RequestFailedException(503, "Busy"), new HttpRequestException()),
        new TaskCanceledException("The client's time-out."),
        new HttpRequestException(),
        new IOException(),
        new TimeoutException(),
    ];

    public static TheoryData<Exception> Lasting =>
    [
        new RequestFailedException(400, "InvalidInput"),
        new RequestFailedException(413, "EntityTooLarge"),
        new InvalidOperationException(),
        new ArgumentException("A bug."),
        new KeyNotFoundException(),
        new FormatException(),
        new AggregateException(new RequestFailedException(503, "Busy"), new InvalidOperationException()),
        new AggregateException(),
    ];

    [Theory]
    [MemberData(nameof(Passing))]
    public void A_dependencys_failure_is_an_outage(Exception exception) =>
        Assert.True(Outage.IsOne(exception, CancellationToken.None));

    [Theory]
    [MemberData(nameof(Lasting))]
    public void A_mistake_of_ours_is_none(Exception exception) =>
        Assert.False(Outage.IsOne(exception, CancellationToken.None));

    public static TheoryData<Exception, bool> SaidByServiceBus => new()
    {
        { new ServiceBusException("Gone", ServiceBusFailureReason.ServiceCommunicationProblem), true },
        { new ServiceBusException("Throttled", ServiceBusFailureReason.ServiceBusy), true },
        { new ServiceBusException("No queue", ServiceBusFailureReason.MessagingEntityNotFound), true },
        { new UnauthorizedAccessException("No role"), true },
        { new ServiceBusException("Full", ServiceBusFailureReason.QuotaExceeded), true },
        { new AggregateException(new UnauthorizedAccessException(), new UnauthorizedAccessException()), true },
        { new ServiceBusException("Too large", ServiceBusFailureReason.MessageSizeExceeded), false },
        { new ServiceBusException("Late", ServiceBusFailureReason.MessageLockLost), false },
        { new AggregateException(new UnauthorizedAccessException(), new InvalidOperationException()), false },
        { new ServiceBusException(isTransient: true, "Away"), true },
    };

    [Theory]
    [MemberData(nameof(SaidByServiceBus))]
    public void What_service_bus_says_of_a_single_message_is_no_outage_of_it(Exception exception, bool isOutage) =>
        Assert.Equal(isOutage, Outage.IsOne(exception, CancellationToken.None));

    [Theory]
    [InlineData(ServiceBusFailureReason.ServiceBusy, true)]
    [InlineData(ServiceBusFailureReason.ServiceTimeout, true)]
    [InlineData(ServiceBusFailureReason.QuotaExceeded, true)]
    [InlineData(ServiceBusFailureReason.MessagingEntityNotFound, false)]
    [InlineData(ServiceBusFailureReason.MessagingEntityDisabled, false)]
    [InlineData(ServiceBusFailureReason.MessageSizeExceeded, false)]
    public void A_queue_that_is_missing_or_disabled_does_not_come_back_by_itself(
        ServiceBusFailureReason reason, bool passes) =>
        Assert.Equal(passes, Outage.Passes(new ServiceBusException("It fails.", reason), CancellationToken.None));

    [Theory]
    [InlineData(ServiceBusFailureReason.ServiceBusy, true)]
    [InlineData(ServiceBusFailureReason.QuotaExceeded, false)]
    [InlineData(ServiceBusFailureReason.MessagingEntityNotFound, false)]
    public void A_queue_that_is_full_or_missing_is_no_failure_of_all_queues(
        ServiceBusFailureReason reason, bool isOfAll) =>
        Assert.Equal(isOfAll, Outage.IsOfServiceBus(new ServiceBusException("It fails.", reason)));

    [Theory]
    [InlineData(0, true)]
    [InlineData(401, true)]
    [InlineData(403, true)]
    [InlineData(408, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    [InlineData(200, false)]
    [InlineData(204, false)]
    [InlineData(400, false)]
    [InlineData(404, false)]
    [InlineData(409, false)]
    [InlineData(412, false)]
    public void An_answer_of_daily_work_is_no_failure_of_the_service(int status, bool isFailure) =>
        Assert.Equal(isFailure, Outage.IsFailure(status, null));

    [Fact]
    public void A_table_that_is_being_deleted_is_a_failure_whoever_asks() =>
        Assert.True(Outage.IsFailure(409, "TableBeingDeleted"));

    [Fact]
    public void The_hosts_stopping_is_none() =>
        Assert.False(Outage.IsOne(new OperationCanceledException(), new CancellationToken(canceled: true)));

    [Fact]
    public void An_outage_stays_one_while_the_host_stops() =>
        Assert.True(Outage.IsOne(new RequestFailedException(503, "Busy"), new CancellationToken(canceled: true)));
}
