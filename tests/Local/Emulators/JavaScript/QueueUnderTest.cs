namespace Atrium.Local.Emulators.Tests.JavaScript;

/// <summary>
/// A queue as the emulator's config.json declares it. The limits are so wide that none passes by itself, unless a test
/// narrows one.
/// </summary>
public sealed record QueueUnderTest(string Name)
{
    public string LockDuration { get; init; } = "PT5M";

    public int MaxDeliveryCount { get; init; } = 10;

    public string DefaultMessageTimeToLive { get; init; } = "P14D";

    public bool DeadLetteringOnMessageExpiration { get; init; }

    public bool RequiresDuplicateDetection { get; init; }

    public string DuplicateDetectionHistoryTimeWindow { get; init; } = "P7D";

    public object ToJson() => new
    {
        Name,
        Properties = new
        {
            LockDuration,
            MaxDeliveryCount,
            DefaultMessageTimeToLive,
            DeadLetteringOnMessageExpiration,
            RequiresDuplicateDetection,
            DuplicateDetectionHistoryTimeWindow,
            RequiresSession = false,
            ForwardTo = "",
            ForwardDeadLetteredMessagesTo = "",
        },
    };
}
