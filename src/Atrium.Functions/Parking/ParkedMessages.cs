using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Parking;

/// <summary>
/// Looks at what is parked without locking it, so that nobody who moves it is disturbed and no delivery count is burnt.
/// </summary>
internal sealed class ParkedMessages(SourceReceivers receivers)
{
    /// <summary>The most messages that are looked at in one go: a few seconds' reading.</summary>
    public const int MostLookedAt = 10_000;

    // What a page holds in memory, bodies included, stays within some megabytes.
    const int PageSize = 200;

    /// <summary>Reads on from a position.</summary>
    /// <param name="from">A sequence number; 0 for the beginning.</param>
    /// <param name="cancellationToken">Cancelled when nobody waits any more.</param>
    /// <exception cref="ServiceBusException">Service Bus does not answer.</exception>
    public async Task<ParkedPage> ReadAsync(long from, CancellationToken cancellationToken)
    {
        var messages = await receivers.Of(JobSource.Parked).PeekMessagesAsync(PageSize, from, cancellationToken);
        return new ParkedPage(
            [.. messages.Select(DeliveryMessageReader.Read).OfType<DeliveryReading.Understood>()
                .Select(reading => reading.Message)],
            messages.Count,
            messages.Count > 0 ? messages[^1].SequenceNumber + 1 : null);
    }
}

/// <summary>A part of what lies on <c>parked</c>.</summary>
/// <param name="Deliveries">Those that this app understands, longest parked first.</param>
/// <param name="Looked">How many messages were looked at.</param>
/// <param name="Next">The sequence number from which the next part is read; null when this was the last.</param>
internal sealed record ParkedPage(IReadOnlyList<DeliveryMessage> Deliveries, int Looked, long? Next);
