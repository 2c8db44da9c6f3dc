namespace Atrium.Local.Emulators.ServiceBus;

/// <summary>How much a namespace takes on before it throttles its clients.</summary>
/// <param name="CreditsPerSecond">What all operations of a second may cost: see <see cref="OperationCredits"/>.</param>
/// <param name="MostUnsettled">Of the deliveries on one link; with one more it is detached by force.</param>
internal sealed record LoadLimits(int CreditsPerSecond, int MostUnsettled)
{
    public static readonly LoadLimits None = new(int.MaxValue, int.MaxValue);

    /// <summary>
    /// The Standard tier's credits are in
    /// https://learn.microsoft.com/azure/service-bus-messaging/service-bus-throttling. That a link with too many
    /// unsettled deliveries is detached by force is in azure-sdk-for-net#16163. The service does not publish how many
    /// those are: 6,000 is what the SDK's own live test has in hand (CanHaveManyUnsettledMessages), and more is not
    /// known to work.
    /// </summary>
    public static readonly LoadLimits Standard = new(1000, 6000);
}
