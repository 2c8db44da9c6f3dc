using Atrium.Functions.Deliveries;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Jobs;

/// <summary>The queue whose messages a job works through; one job at a time works on each. The names are stored.</summary>
internal enum JobSource
{
    DeliveriesDeadLetters,
    VisitorEventsDeadLetters,
    Parked,
    ParkedDeadLetters,

    /// <summary>Where a later version of the app works. Never stored: its row keeps the name.</summary>
    Unknown,
}

internal static class JobSources
{
    const string DeadLetterSuffix = "/$deadletterqueue";
    const string UnknownPath = "unknown";

    /// <summary>The queue's name without its sub-queue.</summary>
    public static string QueueName(this JobSource source) => source switch
    {
        JobSource.DeliveriesDeadLetters => Queues.Deliveries,
        JobSource.VisitorEventsDeadLetters => Queues.VisitorEvents,
        JobSource.Parked or JobSource.ParkedDeadLetters => Queues.Parked,
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "There is no such source."),
    };

    public static SubQueue SubQueue(this JobSource source) => source == JobSource.Parked ? Azure.Messaging.ServiceBus.SubQueue.None : Azure.Messaging.ServiceBus.SubQueue.DeadLetter;

    /// <summary>As Service Bus writes it, such as <c>deliveries/$deadletterqueue</c>.</summary>
    public static string Path(this JobSource source) => source == JobSource.Unknown ? UnknownPath : source.QueueName() + (source.SubQueue() == Azure.Messaging.ServiceBus.SubQueue.DeadLetter ? DeadLetterSuffix : "");
}
