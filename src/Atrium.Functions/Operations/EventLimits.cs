using Atrium.Functions.Deliveries;
using Atrium.Functions.Events;
using Atrium.Functions.Messages;
using Atrium.Functions.Http;
using Atrium.Functions.Subscriptions;

namespace Atrium.Functions.Operations;

/// <summary>Bounds of the events that are accepted.</summary>
internal sealed record EventLimits
{
    public int MaxBytes { get; } = EventReader.MaxBytes;

    public int MaxDepth { get; } = EventReader.MaxDepth;

    public int MaxIdCharacters { get; } = MessageProperties.MaxLength;

    public int MaxTenantCharacters { get; } = TenantId.MaxLength;

    public int MaxIdempotencyKeyCharacters { get; } = IdempotencyKey.MaxLength;

    /// <summary>For how long an <c>Idempotency-Key</c> stands for the event that came with it.</summary>
    public double IdempotencyKeySeconds { get; } = EventKeys.KeptFor.TotalSeconds;

    /// <summary>The same event published twice within it goes out once.</summary>
    public double DuplicateWindowSeconds { get; } = Queues.DuplicateWindow.TotalSeconds;
}
