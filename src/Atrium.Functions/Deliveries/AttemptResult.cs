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

    /// <summary>No request was made, since the endpoint is down: the attempt counts as failed.</summary>
    internal sealed record Down(EndpointDown Evidence) : AttemptResult;

    /// <summary>No request was made, since there was no slot for one, and nothing counts.</summary>
    /// <param name="ComeAgain">When there is likely to be one; null when nobody knows.</param>
    internal sealed record Busy(TimeSpan? ComeAgain) : AttemptResult;
}
