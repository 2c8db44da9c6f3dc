namespace Atrium.Functions.Jobs;

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
