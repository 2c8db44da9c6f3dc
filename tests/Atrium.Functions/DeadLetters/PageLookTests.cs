using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.DeadLetters;

public sealed class PageLookTests
{
    const JobSource Source = JobSource.DeliveriesDeadLetters;

    [Fact]
    public void What_stays_is_counted_once_and_named_if_it_was_skipped()
    {
        var look = Of(
            [Message(1), Message(2), Message(3), Message(4), Message(5)],
            seen: [(WorkChoice.Leave, Message(1)), (WorkChoice.Skip, Message(2))],
            received: [(WorkChoice.Take, Message(3)), (WorkChoice.SkipDeleted, Message(4))],
            missed: [new Peeked.There(Message(5))]);

        var left = look.Left(taken: 1, obsolete: 0, isOnly: false);

        Assert.Equal((0, 2, 1, 4), (left.Taken, left.Skipped, left.SubscriptionDeleted, left.Staying));
        Assert.Equal(["2", "4"], left.FirstSkipped);
    }

    [Fact]
    public void Of_a_job_for_one_message_no_others_stay() =>
        Assert.Equal(0, Of([Message(1)], [], [], []).Left(taken: 0, obsolete: 0, isOnly: true).Staying);

    [Fact]
    public void Rows_of_what_is_gone_and_of_another_message_point_to_nothing()
    {
        var earlier = Message(2, Some.Time.AddDays(-1));
        var look = Of([Message(1), Message(2), earlier], [], [(WorkChoice.Take, Message(2))], []);

        Assert.Equal(
            [RowOf(Message(1)).Key, RowOf(earlier).Key],
            look.Obsolete([new Peeked.Gone(1)]).Select(row => row.Key));
        Assert.Equal([RowOf(Message(2)).Key], look.RowsOf([Message(2)]).Select(row => row.Key));
    }

    static PageLook Of(
        IEnumerable<ServiceBusReceivedMessage> page,
        IEnumerable<(WorkChoice Choice, ServiceBusReceivedMessage Message)> seen,
        IEnumerable<(WorkChoice Choice, ServiceBusReceivedMessage Message)> received,
        IReadOnlyList<Peeked> missed) => new(
            page.Select(RowOf).ToLookup(row => row.Number), seen.ToLookup(one => one.Choice, one => one.Message),
            received.ToLookup(one => one.Choice, one => one.Message), missed);

    static IndexRow RowOf(ServiceBusReceivedMessage message) =>
        IndexRow.Of(Source, DeadLetter.Of(Source, message));

    static ServiceBusReceivedMessage Message(long number, DateTimeOffset? at = null) =>
        ServiceBusModelFactory.ServiceBusReceivedMessage(
            sequenceNumber: number, enqueuedTime: at ?? Some.Time,
            properties: new Dictionary<string, object> { ["tenant"] = Some.Tenant });
}
