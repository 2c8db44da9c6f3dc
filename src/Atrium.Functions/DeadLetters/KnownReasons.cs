using Atrium.Functions.Messaging;

namespace Atrium.Functions.DeadLetters;

/// <summary>
/// The reasons by which dead letters are counted: the app's own, the broker's, and one for all others, since a reason
/// can be any text.
/// </summary>
internal static class KnownReasons
{
    /// <summary>The broker's: handed out as often as the queue allows, and never settled.</summary>
    public const string MaxDeliveryCountExceeded = nameof(MaxDeliveryCountExceeded);

    /// <summary>The broker's: it lay on its queue for longer than it lives.</summary>
    public const string TimeToLiveExpired = "TTLExpiredException";

    /// <summary>Stands for any other.</summary>
    public const string Other = "other";

    /// <summary>
    /// The reasons of dead letters that the app did not make itself: its log says nothing of each of them.
    /// </summary>
    public static readonly IReadOnlyList<string> OfOthers = [MaxDeliveryCountExceeded, TimeToLiveExpired, Other];

    /// <summary>Those that there can be in a dead-letter queue.</summary>
    /// <param name="queue">The queue's name without its sub-queue.</param>
    public static IReadOnlyList<string> Of(string queue) => queue switch
    {
        Queues.Deliveries => [DeadLetterReason.AttemptsExhausted, DeadLetterReason.InvalidDelivery, .. OfOthers],
        Queues.VisitorEvents => [DeadLetterReason.InvalidEvent, .. OfOthers],
        _ => OfOthers,
    };
}
