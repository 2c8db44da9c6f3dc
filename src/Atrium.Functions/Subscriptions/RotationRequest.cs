namespace Atrium.Functions.Subscriptions;

/// <summary>How a secret is to be rotated.</summary>
internal sealed record RotationRequest
{
    /// <summary>A secret of the customer's own; one is generated without it.</summary>
    public string? Secret { get; init; }

    /// <summary>How long the secrets until now go on signing beside it, 0 to <see cref="SecretRotation.MaxOverlapHours"/>.</summary>
    public int? OverlapHours { get; init; }
}
