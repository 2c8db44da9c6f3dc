namespace Atrium.Functions.Operations;

/// <summary>What would become of an event for one subscription.</summary>
internal enum Routing
{
    /// <summary>It would be sent.</summary>
    Sent,

    /// <summary>It would wait until the subscription is resumed.</summary>
    Parked,

    /// <summary>A delivery would be made, and each of its attempts refused before anything is connected to.</summary>
    Blocked,

    /// <summary>No delivery would be made.</summary>
    NotTaken,
}
