using System.Net;

namespace Atrium.Functions.Tests.Faults;

/// <summary>What becomes of a call to a service, and of the tries after it.</summary>
/// <param name="TakesEffect">Whether the service does what it was asked for.</param>
/// <param name="Lasts">Whether all calls fail so from then on: the client's own tries do not help.</param>
/// <param name="Answer">The answer; null when there is none.</param>
/// <param name="Code">The service's own word for it.</param>
/// <param name="Cancels">Whether the caller goes away, as a host that stops does, instead of the connection.</param>
sealed record Fault(bool TakesEffect, bool Lasts, HttpStatusCode? Answer = null, string Code = "", bool Cancels = false)
{
    public static readonly IReadOnlyDictionary<string, Fault> ByName = new Dictionary<string, Fault>
    {
        ["answer lost"] = new(TakesEffect: true, Lasts: false),
        ["answers lost"] = new(TakesEffect: true, Lasts: true),
        ["no connection"] = new(TakesEffect: false, Lasts: true),
        ["cancelled before"] = new(TakesEffect: false, Lasts: true, Cancels: true),
        ["cancelled after"] = new(TakesEffect: true, Lasts: true, Cancels: true),
        ["412"] =
            new(TakesEffect: false, Lasts: false, HttpStatusCode.PreconditionFailed, "UpdateConditionNotSatisfied"),
        ["429"] = new(TakesEffect: false, Lasts: false, HttpStatusCode.TooManyRequests, "TooManyRequests"),
        ["429 for good"] = new(TakesEffect: false, Lasts: true, HttpStatusCode.TooManyRequests, "TooManyRequests"),
        ["503"] = new(TakesEffect: false, Lasts: true, HttpStatusCode.ServiceUnavailable, "ServerBusy"),
        ["409"] = new(TakesEffect: false, Lasts: false, HttpStatusCode.Conflict, "TableBeingDeleted"),
    };

    /// <summary>Whether a service ever fails a call in this way.</summary>
    /// <param name="request">
    /// The call: without a condition it is never answered with 412, and vault and blobs have no table to drop.
    /// </param>
    public bool Fits(HttpRequestMessage request) => Answer switch
    {
        HttpStatusCode.PreconditionFailed => request.Headers.IfMatch.Any(version => version.Tag != "*")
            || request.RequestUri!.AbsolutePath.EndsWith("$batch", StringComparison.Ordinal),
        HttpStatusCode.Conflict =>
            !request.RequestUri!.AbsolutePath.StartsWith("/secrets", StringComparison.Ordinal) && !IsOfBlob(request),
        _ => true,
    };

    /// <summary>Whether a call is one for a backup.</summary>
    public static bool IsOfBlob(HttpRequestMessage request) =>
        request.RequestUri!.AbsolutePath.EndsWith(".jsonl", StringComparison.Ordinal)
        || request.RequestUri.Query.Contains("restype=container", StringComparison.Ordinal);
}
