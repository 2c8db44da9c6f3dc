using System.Globalization;
using Atrium.Functions.Jobs;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>The messages of a page of rows, as they were found. Pure.</summary>
/// <param name="Rows">The page, by the numbers of the messages.</param>
/// <param name="Seen">Those that were only peeked at, by what is to be done with them; those that are wanted were
/// received after it.</param>
/// <param name="Received">Those that were locked, by what is to be done with them.</param>
/// <param name="Missed">What a peek shows of those that were not found, or that somebody else has locked.</param>
internal sealed record PageLook(
    ILookup<long, IndexRow> Rows, ILookup<WorkChoice, ServiceBusReceivedMessage> Seen,
    ILookup<WorkChoice, ServiceBusReceivedMessage> Received, IReadOnlyList<Peeked> Missed)
{
    /// <summary>The rows of messages.</summary>
    public IEnumerable<IndexRow> RowsOf(IEnumerable<ServiceBusReceivedMessage> messages) =>
        Of(messages, isOwn: true);

    /// <summary>The rows that point to nothing: of messages that are gone, or whose number another one has.</summary>
    public IReadOnlyList<IndexRow> Obsolete(IEnumerable<Peeked> gone) =>
    [
        .. gone.SelectMany(peek => Rows[peek.Number])
            .Concat(Of(Seen.Concat(Received).SelectMany(some => some), isOwn: false)).Distinct(),
    ];

    /// <summary>What is counted of the messages that stay.</summary>
    /// <param name="taken">How many were taken.</param>
    /// <param name="obsolete">How many rows point to nothing.</param>
    /// <param name="isOnly">Whether the job is for one message alone, of which no others stay.</param>
    public JobCounts Left(int taken, int obsolete, bool isOnly)
    {
        List<ServiceBusReceivedMessage> deleted = [.. All(WorkChoice.SkipDeleted)];
        List<ServiceBusReceivedMessage> skipped = [.. All(WorkChoice.Skip), .. deleted];
        return new JobCounts(0, skipped.Count)
        {
            SubscriptionDeleted = deleted.Count,
            FirstSkipped =
            [
                .. skipped.Take(JobCounts.MostNamed)
                    .Select(message => message.SequenceNumber.ToString(CultureInfo.InvariantCulture)),
            ],
            Staying = isOnly ? 0 : Rows.Sum(some => some.Count()) - taken - obsolete,
        };
    }

    IEnumerable<ServiceBusReceivedMessage> All(WorkChoice choice) => Seen[choice].Concat(Received[choice]);

    IEnumerable<IndexRow> Of(IEnumerable<ServiceBusReceivedMessage> messages, bool isOwn) =>
        messages.SelectMany(message => Rows[message.SequenceNumber].Where(row => row.IsOf(message) == isOwn));
}
