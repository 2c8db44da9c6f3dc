using Azure;

namespace Atrium.Functions.Jobs;

/// <summary>Work of many steps that somebody asked for: a row that is changed by its version, and one message on the queue <c>jobs</c> at a time.</summary>
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

    public JobCounts Counts { get; init; } = JobCounts.None;

    /// <summary>How many steps in a row could do nothing.</summary>
    public int Fruitless { get; init; }

    /// <summary>How often the step that is due was sent again because nothing was heard of it.</summary>
    public int Nudges { get; init; }

    /// <summary>Below which sequence number nothing is left to take; 0 when that is not known.</summary>
    public long ExaminedTo { get; init; }

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
