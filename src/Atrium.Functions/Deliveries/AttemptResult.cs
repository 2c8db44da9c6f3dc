using Atrium.Functions.Egress;

namespace Atrium.Functions.Deliveries;

/// <summary>What came of trying: a value, whatever the receiver did. What fails on our side is an exception.</summary>
internal abstract record AttemptResult
{
    /// <summary>A request was made, or refused by the egress guard.</summary>
    internal sealed record Made(Exchange Exchange) : AttemptResult;

    /// <summary>The subscription is no longer there.</summary>
    internal sealed record NoSubscription : AttemptResult;

    /// <summary>The subscription is paused: no request was made, and nothing counts.</summary>
    internal sealed record Paused : AttemptResult;

    /// <summary>The endpoint is busy with as many attempts as one may have: no request was made, and nothing counts.</summary>
    internal sealed record NoSlot : AttemptResult;
}
