using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Jobs;

/// <summary>The queue whose messages a job works through. The names are stored.</summary>
internal enum JobSource
{
    DeliveriesDeadLetters,
    VisitorEventsDeadLetters,
    Parked,
    ParkedDeadLetters,

    /// <summary>A later version's queue. Never stored: the row keeps its name.</summary>
    Unknown,
}

internal static class JobSources
{
    const string DeadLetterSuffix = "/$deadletterqueue";
    const string UnknownPath = "unknown";

    /// <summary>All that the app knows.</summary>
    public static readonly IReadOnlyList<JobSource> All =
        [.. Enum.GetValues<JobSource>().Where(source => source != JobSource.Unknown)];

    /// <summary>Where deliveries lie that failed for good.</summary>
    public static readonly IReadOnlyList<JobSource> OfFailedDeliveries =
        [JobSource.DeliveriesDeadLetters, JobSource.ParkedDeadLetters];

    /// <summary>The queue's name without its sub-queue.</summary>
    public static string QueueName(this JobSource source) => PlaceOf(source).Queue;

    /// <summary>The receiving end.</summary>
    public static ServiceBusReceiver Of(this QueueReceivers receivers, JobSource source)
    {
        var (queue, part) = PlaceOf(source);
        return receivers.Of(queue, part);
    }

    /// <summary>As Service Bus writes it, such as <c>deliveries/$deadletterqueue</c>.</summary>
    public static string Path(this JobSource source) => source == JobSource.Unknown
        ? UnknownPath
        : PlaceOf(source) is (var queue, SubQueue.DeadLetter) ? queue + DeadLetterSuffix : source.QueueName();

    static (string Queue, SubQueue Part) PlaceOf(JobSource source) => source switch
    {
        JobSource.DeliveriesDeadLetters => (Queues.Deliveries, SubQueue.DeadLetter),
        JobSource.VisitorEventsDeadLetters => (Queues.VisitorEvents, SubQueue.DeadLetter),
        JobSource.Parked => (Queues.Parked, SubQueue.None),
        JobSource.ParkedDeadLetters => (Queues.Parked, SubQueue.DeadLetter),
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "There is no such source."),
    };
}
