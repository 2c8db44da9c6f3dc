using System.Text.Json.Serialization;
using Azure;

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

    /// <summary>The queue that it works on. A job for several queues works on them one after the other.</summary>
    public required JobSource Source { get; init; }

    /// <summary>A JSON object that only the kind's <see cref="IJobWork"/> understands.</summary>
    public required string Arguments { get; init; }

    public JobState State { get; init; } = JobState.Waiting;

    /// <summary>The step that is due, from 0. A message that names another step is out of date.</summary>
    public int Step { get; init; }

    public bool StopRequested { get; init; }

    /// <summary>
    /// Whether the preparation before the first step is known to be done. Until then no step is sent.
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

    /// <summary>
    /// The marks of the last changes, newest first. Others may have changed the row too before one who got no answer
    /// looks whether his change was made.
    /// </summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>The row that remembers the key under which the job was asked for, if there was one.</summary>
    public string? KeyRow { get; init; }

    /// <summary>The version of the row. A change is refused if the row has another version by then.</summary>
    public ETag Version { get; init; }

    public bool HasEnded => EndedAt is not null;

    /// <summary>The job with messages that were taken, and nothing else that was done.</summary>
    public Job WithTaken(int count) => this with { Counts = Counts.With(new JobCounts(count, 0)) };

    /// <summary>The job at its end, without the data of an erasure, which are no longer needed.</summary>
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

/// <summary>A job's place in the index. The job goes through the index again for messages that were locked.</summary>
/// <param name="After">The row after which it goes on; null from the first.</param>
/// <param name="Pass">How often it has gone through, from 0.</param>
/// <param name="LeftLocked">Whether it left locked messages this time.</param>
/// <param name="Took">Whether it took something this time.</param>
internal sealed record JobPlace(string? After, int Pass, bool LeftLocked, bool Took)
{
    public static readonly JobPlace Start = new(null, 0, false, false);

    /// <summary>The start, when the index is known to have what came before the job.</summary>
    public static readonly JobPlace Indexed = Start with { IsIndexed = true };

    /// <summary>Whether the index is known to have what came before the job. Only some kinds ask.</summary>
    public bool IsIndexed { get; init; }

    /// <summary>Which index this pass goes through: it is another when it was lost, and made again.</summary>
    public string? IndexId { get; init; }

    /// <summary>How many messages this pass skipped. Between passes: how many the last one did.</summary>
    public int PassSkipped { get; init; }

    /// <summary>The same of <see cref="JobCounts.SubscriptionDeleted"/>.</summary>
    public int PassSubscriptionDeleted { get; init; }

    /// <summary>The same of <see cref="JobCounts.Staying"/>.</summary>
    public int PassStaying { get; init; }

    /// <summary>With what was done since.</summary>
    public JobPlace With(JobCounts more) => this with
    {
        Took = Took || more.Taken > 0,
        PassSkipped = PassSkipped + more.Skipped,
        PassSubscriptionDeleted = PassSubscriptionDeleted + more.SubscriptionDeleted,
        PassStaying = PassStaying + more.Staying,
    };

    /// <summary>Where it goes through the index once more.</summary>
    public JobPlace NextPass() => this with { After = null, Pass = Pass + 1, LeftLocked = false, Took = false };

    /// <summary>Takes back the last pass's counts, because this pass meets the same messages.</summary>
    public (JobPlace Place, JobCounts Counts) BeginPass() => (
        this with { PassSkipped = 0, PassSubscriptionDeleted = 0, PassStaying = 0 },
        new JobCounts(0, -PassSkipped) { SubscriptionDeleted = -PassSubscriptionDeleted, Staying = -PassStaying });
}

/// <summary>How many messages a job has handled.</summary>
/// <param name="Taken">Replayed, discarded or sent. Those of the second before a crash may be missing, or be counted
/// twice.</param>
/// <param name="Skipped">Selected, but could not be processed: left as they were.</param>
internal sealed record JobCounts(int Taken, int Skipped)
{
    /// <summary>How many of the skipped messages are named: more than a person would look at one by one.</summary>
    public const int MostNamed = 10;

    public static readonly JobCounts None = new(0, 0);

    /// <summary>
    /// How many matched in the index when the job was requested; null when they were not counted, or too many.
    /// </summary>
    public int? Expected { get; init; }

    /// <summary>
    /// The sequence numbers of the first skipped messages, so that each can be looked at or discarded.
    /// </summary>
    public IReadOnlyList<string> FirstSkipped { get; init; } = [];

    /// <summary>How many of the skipped messages are for a subscription that has been deleted.</summary>
    public int SubscriptionDeleted { get; init; }

    /// <summary>
    /// The tenant's messages that were looked at and stay, including those skipped. Not counted for a job of one
    /// message.
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
            SubscriptionDeleted = SubscriptionDeleted + more.SubscriptionDeleted,
            // A later pass meets the same messages.
            FirstSkipped = [.. FirstSkipped.Concat(more.FirstSkipped).Distinct().Take(MostNamed)],
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

    /// <summary>A later version's kind. Never stored: the row keeps its name.</summary>
    Unknown,
}

/// <summary>The state of a job. The names are stored, and shown in camel case.</summary>
internal enum JobState
{
    /// <summary>Not begun.</summary>
    Waiting,

    /// <summary>At work.</summary>
    Running,

    /// <summary>Ended: all is done.</summary>
    Succeeded,

    /// <summary>Ended on request, or because the rest is no longer needed. What was done stays done.</summary>
    Stopped,

    /// <summary>Ended: the explanation says why, and what to do.</summary>
    Failed,

    /// <summary>A later version's state. Never stored: the row keeps its name.</summary>
    Unknown,
}
