namespace Atrium.Functions.Jobs;

/// <summary>How far a job is. The names are stored, and shown in camel case.</summary>
internal enum JobState
{
    /// <summary>Not begun, or another job works on its queue.</summary>
    Waiting,

    /// <summary>At work.</summary>
    Running,

    /// <summary>Ended: all is done.</summary>
    Succeeded,

    /// <summary>Ended because somebody asked for it, or what was left is no longer wanted; what was done until then stays done.</summary>
    Stopped,

    /// <summary>Ended: the explanation says why, and what to do.</summary>
    Failed,

    /// <summary>Whatever a later version of the app means by it. Never stored: its row keeps the name.</summary>
    Unknown,
}
