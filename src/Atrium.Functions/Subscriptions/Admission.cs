using Azure;

namespace Atrium.Functions.Subscriptions;

/// <summary>Whether a new subscription may be added.</summary>
internal abstract record Admission
{
    /// <summary>It may, unless somebody else comes first.</summary>
    /// <param name="Guard">The version of the tenant's guard row; null when there is none yet.</param>
    /// <param name="ExpiredKey">The version of the key's row, when it is there and its time has passed.</param>
    internal sealed record Open(ETag? Guard, ETag? ExpiredKey) : Admission;

    /// <summary>The tenant has as many as it may have.</summary>
    internal sealed record Full : Admission;

    /// <summary>The same request came before.</summary>
    internal sealed record Made(Subscription Subscription) : Admission;

    /// <summary>The same request came before, and what it made is deleted.</summary>
    internal sealed record MadeAndDeleted : Admission;

    /// <summary>Another request came with the same key.</summary>
    internal sealed record KeyOfAnother : Admission;
}
