namespace Atrium.Functions.Deliveries;

/// <summary>How an attempt ended. The names are stored, logged and shown as they stand here.</summary>
internal enum AttemptOutcome
{
    /// <summary>What a later version of the app wrote, before it was rolled back.</summary>
    Unknown,

    /// <summary>The receiver answered 2xx.</summary>
    Delivered,

    /// <summary>It failed and the next attempt is scheduled.</summary>
    Retrying,

    /// <summary>It was the last attempt and failed; the message is in the dead-letter queue.</summary>
    DeadLettered,

    /// <summary>No request was made, because the subscription was deleted.</summary>
    SubscriptionDeleted,
}
