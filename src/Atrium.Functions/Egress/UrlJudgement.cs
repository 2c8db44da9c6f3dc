using System.Diagnostics.CodeAnalysis;

namespace Atrium.Functions.Egress;

/// <summary>What judging a customer's URL came to.</summary>
/// <param name="Url">The URL, when it is allowed.</param>
/// <param name="Refusal">Otherwise a sentence for the customer that says what to change. It repeats no more of the URL than scheme, host and port.</param>
/// <param name="Rule">The address rule that refused it, if one did.</param>
internal readonly record struct UrlJudgement(EndpointUrl? Url, string? Refusal, string? Rule)
{
    /// <summary>Whether there is a URL.</summary>
    [MemberNotNullWhen(true, nameof(Url))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsAllowed => Url is not null;
}
