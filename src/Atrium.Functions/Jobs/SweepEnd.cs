namespace Atrium.Functions.Jobs;

/// <summary>Why a sweep came to its end.</summary>
internal enum SweepEnd
{
    /// <summary>The queue gave no more.</summary>
    NothingCame,

    /// <summary>The first lock is about to run out.</summary>
    TimeIsUp,

    /// <summary>It holds as many others as it may.</summary>
    HeldAll,

    /// <summary>The job is to stop, its messages are no longer wanted, or somebody else has done its step.</summary>
    ToldToStop,
}
