using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;

namespace Atrium.Functions.Operations;

/// <summary>
/// Every bound of the product that somebody outside can meet, grouped by what it bounds. The values are the constants that enforce them, and the
/// settings in force; a number is written nowhere twice.
/// </summary>
internal sealed record Limits(DeliveryLimits Deliveries, ReceiverLimits Receivers, DeadLetterLimits DeadLetters)
{
    public EventLimits Events { get; } = new();

    public SubscriptionLimits Subscriptions { get; } = new();

    public AttemptLimits Attempts { get; } = new();

    public ParkingLimits Parking { get; } = new();

    public JobLimits Jobs { get; } = new();

    public PageLimits Pages { get; } = new();

    public TestLimits Tests { get; } = new();

    public HealthLimits Health { get; } = new();

    public static Limits Of(DeliveryOptions deliveries, EgressOptions egress, DeadLetterOptions deadLetters) => new(
        new DeliveryLimits(deliveries.LockDuration.TotalSeconds),
        new ReceiverLimits(egress.Timeout.TotalSeconds, egress.ConnectTimeout.TotalSeconds, egress.Ports),
        new DeadLetterLimits(deadLetters.RetentionDays));
}
