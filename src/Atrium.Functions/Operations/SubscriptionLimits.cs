using Atrium.Functions.Egress;
using Atrium.Functions.Signing;
using Atrium.Functions.Subscriptions;

namespace Atrium.Functions.Operations;

/// <summary>Bounds of what a tenant may set.</summary>
internal sealed record SubscriptionLimits
{
    public int MaxPerTenant { get; } = SubscriptionAdmissions.MaxPerTenant;

    public int MaxRequestBytes { get; } = CreateSubscriptionFunction.MaxBytes;

    public int MaxNameCharacters { get; } = JudgedSettings.MaxNameLength;

    public int MaxUrlCharacters { get; } = EndpointUrl.MaxLength;

    public int MaxHeaders { get; } = HeaderRule.MaxCount;

    public int MaxHeaderNameCharacters { get; } = HeaderRule.MaxNameLength;

    public int MaxHeaderValueCharacters { get; } = HeaderRule.MaxValueLength;

    public int MinSecretBytes { get; } = SigningSecret.MinLength;

    public int MaxSecretBytes { get; } = SigningSecret.MaxLength;

    public int GeneratedSecretBytes { get; } = SigningSecret.GeneratedLength;

    public int MaxRotationRequestBytes { get; } = RotateSecretFunction.MaxBytes;

    /// <summary>Rotated secrets that may go on signing beside the one in force.</summary>
    public int MaxEarlierSecrets { get; } = SecretRotation.MaxEarlier;

    public int DefaultOverlapHours { get; } = SecretRotation.DefaultOverlapHours;

    public int MaxOverlapHours { get; } = SecretRotation.MaxOverlapHours;

    /// <summary>For how long an <c>Idempotency-Key</c> stands for the subscription that was made under it.</summary>
    public double IdempotencyKeySeconds { get; } = CreationKey.KeptFor.TotalSeconds;

    /// <summary>How long a change may take to reach deliveries that are under way.</summary>
    public double EffectiveWithinSeconds { get; } = SubscriptionCache.KeptFor.TotalSeconds;
}
