namespace Atrium.Functions.Jobs;

/// <summary>What a sweep is to do with a message.</summary>
internal enum SweepChoice
{
    /// <summary>It is none of those wanted, and stays as it is.</summary>
    Leave,

    /// <summary>It is wanted: act on it, and remove it from its queue.</summary>
    Take,

    /// <summary>It is not wanted, but in the way: act on it, and remove it from its place. It does not count as taken.</summary>
    Move,

    /// <summary>It is wanted, but nothing can be done with it: it stays as it is, and is counted.</summary>
    Skip,
}
