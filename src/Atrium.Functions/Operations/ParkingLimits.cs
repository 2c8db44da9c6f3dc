using Atrium.Functions.Deliveries;
using Atrium.Functions.Parking;

namespace Atrium.Functions.Operations;

/// <summary>Bounds of what is parked.</summary>
internal sealed record ParkingLimits
{
    /// <summary>A count ends there, and says that it is not complete.</summary>
    public int MaxExaminedForCount { get; } = ParkedMessages.MostLookedAt;

    /// <summary>How often a parked delivery is passed over by those who look for others' before it is dead-lettered.</summary>
    public int MaxDeliveryCount { get; } = Queues.ParkedMaxDeliveryCount;

    /// <summary>How long a resume that failed is left alone before it is started again.</summary>
    public double RetryResumeSeconds { get; } = ParkedReturn.AfterFailure.TotalSeconds;
}
