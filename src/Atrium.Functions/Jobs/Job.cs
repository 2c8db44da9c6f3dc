using System.Text.Json.Serialization;
using Atrium.Functions.Messaging;
using Azure;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Jobs;

/// <summary>
/// Work of many steps that somebody asked for: a row that is changed by its version, and one message on the queue
/// <c>jobs</c> at a time.
/// </summary>
internal sealed record Job
{
    const string NoArguments = "{}";

    public required string Tenant { get; init; }

    /// <summary>See <see cref="JobId"/>.</summary>
    public required string Id { get; init; }

    public required JobKind Kind { get; init; }

    /// <summary>Where it works; a job that goes through several works on one after the other.</summary>
    public required JobSource Source { get; init; }

    /// <summary>A JSON object that only the kind's <see cref="IJobWork"/> understands.</summary>
    public required string Arguments { get; init; }

    public JobState State { get; init; } = JobState.Waiting;

    /// <summary>The step that is due, from 0; a message for another one has nothing left to do.</summary>
    public int Step { get; init; }

    public bool StopRequested { get; init; }

    /// <summary>
    /// Whether what has to be done before the first step is done, as far as is known. Until then no step is sent.
    /// </summary>
    public bool IsPrepared { get; init; } = true;

    public JobCounts Counts { get; init; } = JobCounts.None;

    /// <summary>How many steps in a row could do nothing.</summary>
    public int Fruitless { get; init; }

    /// <summary>How often the step that is due was sent again because nothing was heard of it.</summary>
    public int Nudges { get; init; }

    /// <summary>How far it is.</summary>
    public JobPlace Place { get; init; } = JobPlace.Start;

    /// <summary>Why it ended as it did, and what to do; null when there is nothing to say.</summary>
    public string? Explanation { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The row that remembers the key under which the job was asked for, if there was one.</summary>
    public string? KeyRow { get; init; }

    /// <summary>Which state of the row this is; a change is refused when the row has another by then.</summary>
    public ETag Version { get; init; }

    public bool HasEnded => EndedAt is not null;

    /// <summary>The job at its end. By then nobody needs to know any more whom an erasure concerned.</summary>
    public Job Ended(JobState state, string? explanation, DateTimeOffset now) => this with
    {
        State = state,
        Explanation = explanation,
        EndedAt = now,
        UpdatedAt = now,
        Step = Step + 1,
        Nudges = 0,
        Arguments = Kind == JobKind.Erase ? NoArguments : Arguments,
    };
}

/// <summary>
/// How far a job is on its way through the index, which it goes again for what somebody else had locked.
/// </summary>
/// <param name="After">The row after which it goes on; null from the first.</param>
/// <param name="Pass">Which time it goes, from 0.</param>
/// <param name="LeftLocked">Whether it left something this time that was locked.</param>
/// <param name="Took">Whether it took something this time.</param>
internal sealed record JobPlace(string? After, int Pass, bool LeftLocked, bool Took)
{
    public static readonly JobPlace Start = new(null, 0, false, false);
}

/// <summary>What a job has done with messages.</summary>
/// <param name="Taken">Acted upon: replayed, discarded, sent on. What was done in the second before a crash may be
/// missing here.</param>
/// <param name="Skipped">Chosen, but nothing can be done with them: left as they were.</param>
internal sealed record JobCounts(int Taken, int Skipped)
{
    /// <summary>So many of those that were skipped are named; more than a person would look at one by one.</summary>
    public const int MostNamed = 10;

    public static readonly JobCounts None = new(0, 0);

    /// <summary>
    /// What matched when the job was asked for, as far as the index had it; null when that was not counted, or too
    /// many.
    /// </summary>
    public int? Expected { get; init; }

    /// <summary>
    /// The sequence numbers of the first that were skipped, by which each can be looked at or discarded.
    /// </summary>
    public IReadOnlyList<string> FirstSkipped { get; init; } = [];

    /// <summary>
    /// The tenant's own that were looked at and stay, those skipped among them; not counted for a job of one message.
    /// </summary>
    [JsonIgnore]
    public int Staying { get; init; }

    /// <summary>The tenant's own that were looked at, each once.</summary>
    public int Examined => Taken + Staying;

    /// <summary>With what was done since.</summary>
    public JobCounts With(JobCounts more) =>
        new(Taken + more.Taken, Skipped + more.Skipped)
        {
            Expected = Expected,
            FirstSkipped = [.. FirstSkipped.Concat(more.FirstSkipped).Take(MostNamed)],
            Staying = Staying + more.Staying,
        };
}

/// <summary>What a job does. The names are stored, and shown in camel case.</summary>
internal enum JobKind
{
    /// <summary>Sends dead letters again.</summary>
    Replay,

    /// <summary>Removes dead letters.</summary>
    Discard,

    /// <summary>Sends the parked deliveries of a subscription that is no longer paused.</summary>
    Resume,

    /// <summary>Removes whatever concerns one visitor.</summary>
    Erase,

    /// <summary>What a later version of the app does. Never stored: its row keeps the name.</summary>
    Unknown,
}

/// <summary>How far a job is. The names are stored, and shown in camel case.</summary>
internal enum JobState
{
    /// <summary>Not begun.</summary>
    Waiting,

    /// <summary>At work.</summary>
    Running,

    /// <summary>Ended: all is done.</summary>
    Succeeded,

    /// <summary>
    /// Ended because somebody asked for it, or what was left is no longer wanted; what was done until then stays done.
    /// </summary>
    Stopped,

    /// <summary>Ended: the explanation says why, and what to do.</summary>
    Failed,

    /// <summary>Whatever a later version of the app means by it. Never stored: its row keeps the name.</summary>
    Unknown,
}

/// <summary>
/// The queue whose messages a job works through. The names are stored.
/// </summary>
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

    /// <summary>All that the app knows.</summary>
    public static readonly IReadOnlyList<JobSource> All =
    [
        JobSource.DeliveriesDeadLetters, JobSource.VisitorEventsDeadLetters, JobSource.Parked,
        JobSource.ParkedDeadLetters,
    ];

    /// <summary>The queue's name without its sub-queue.</summary>
    public static string QueueName(this JobSource source) => source switch
    {
        JobSource.DeliveriesDeadLetters => Queues.Deliveries,
        JobSource.VisitorEventsDeadLetters => Queues.VisitorEvents,
        JobSource.Parked or JobSource.ParkedDeadLetters => Queues.Parked,
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "There is no such source."),
    };

    public static SubQueue SubQueue(this JobSource source) =>
        source == JobSource.Parked
        ? Azure.Messaging.ServiceBus.SubQueue.None
        : Azure.Messaging.ServiceBus.SubQueue.DeadLetter;

    /// <summary>The receiving end.</summary>
    public static ServiceBusReceiver Of(this QueueReceivers receivers, JobSource source) =>
        receivers.Of(source.QueueName(), source.SubQueue());

    /// <summary>As Service Bus writes it, such as <c>deliveries/$deadletterqueue</c>.</summary>
    public static string Path(this JobSource source) =>
        source == JobSource.Unknown
        ? UnknownPath
        : source.QueueName()
        + (source.SubQueue() == Azure.Messaging.ServiceBus.SubQueue.DeadLetter ? DeadLetterSuffix : "");
}
