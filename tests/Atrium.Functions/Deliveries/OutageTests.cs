using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Identity;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Deliveries;

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
        new OutcomeNotRecordedException(Some.Record(), new RequestFailedException(503, "Busy")),
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
        new OutcomeNotRecordedException(Some.Record(), new RequestFailedException(400, "InvalidInput")),
        // Putting back would add load to what does not take it; the sender waits instead.
        new ServiceBusException("Throttled", ServiceBusFailureReason.ServiceBusy),
    ];

    [Theory]
    [MemberData(nameof(Passing))]
    public void A_dependencys_failure_is_an_outage(Exception exception) => Assert.True(Outage.IsOne(exception, CancellationToken.None));

    [Theory]
    [MemberData(nameof(Lasting))]
    public void A_mistake_of_ours_is_none(Exception exception) => Assert.False(Outage.IsOne(exception, CancellationToken.None));

    [Fact]
    public void The_hosts_stopping_is_none() => Assert.False(Outage.IsOne(new OperationCanceledException(), new CancellationToken(canceled: true)));

    [Fact]
    public void An_outage_stays_one_while_the_host_stops() =>
        Assert.True(Outage.IsOne(new RequestFailedException(503, "Busy"), new CancellationToken(canceled: true)));
}
