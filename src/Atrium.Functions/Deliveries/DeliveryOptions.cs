using System.ComponentModel.DataAnnotations;

namespace Atrium.Functions.Deliveries;

/// <summary>What the template tells the app about its queues.</summary>
internal sealed class DeliveryOptions
{
    public const string Section = "Deliveries";

    /// <summary>How long the queue <c>deliveries</c> locks a message.</summary>
    /// <value>One minute by default; Service Bus allows five seconds to five minutes.</value>
    [Range(typeof(TimeSpan), "00:00:05", "00:05:00", ErrorMessage = "Deliveries__LockDuration must be between {1} and {2}.")]
    public TimeSpan LockDuration { get; set; } = TimeSpan.FromMinutes(1);
}
