using Atrium.Functions.Egress;
using Atrium.Functions.Signing;
using Atrium.Functions.Subscriptions;

namespace Atrium.Functions.Operations;

/// <summary>Bounds of what a tenant may set.</summary>
internal sealed record SubscriptionLimits
{
    public int MaxPerTenant { get; } = SubscriptionAdmissions.MaxPerTenant;

    public int MaxRequestBytes { get; } = CreateSubscriptionFunction.MaxBytes;

    public int MaxUrlCharacters { get; } = EndpointUrl.MaxLength;

    public int MinSecretBytes { get; } = SigningSecret.MinLength;

    public int MaxSecretBytes { get; } = SigningSecret.MaxLength;

    public int GeneratedSecretBytes { get; } = SigningSecret.GeneratedLength;

    /// <summary>How long a change may take to reach deliveries that are under way.</summary>
    public double EffectiveWithinSeconds { get; } = SubscriptionCache.KeptFor.TotalSeconds;
}
