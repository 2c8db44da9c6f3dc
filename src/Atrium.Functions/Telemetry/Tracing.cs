using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Atrium.Functions.Telemetry;

/// <summary>Traces of what the app does.</summary>
internal static class Tracing
{
    public const string SourceName = "Atrium.Webhook";

    const string OperationTag = "atrium.operation";

    public static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins the trace of an event, or goes on with the request's.</summary>
    /// <returns>Null when nobody listens.</returns>
    public static Activity? BeginIngest() => Source.StartActivity(SpanName.Ingest, ActivityKind.Producer);

    /// <summary>Names the operation of a request, where the function's name does not.</summary>
    public static void Operation(string name) => Activity.Current?.SetTag(OperationTag, name);

    /// <summary>
    /// Marks the current span, if there is one, as failed, or as delayed by a failed dependency. Not by an event of the
    /// span, which the exporter would turn into a log line.
    /// </summary>
    public static void Fail(Exception exception)
    {
        if (Activity.Current is { IsAllDataRequested: true } activity)
        {
            activity.SetTag("error.type", exception.GetType().Name);
            activity.SetStatus(ActivityStatusCode.Error, ErrorText.Of(exception));
        }
    }
}

/// <summary>The names of the app's own spans. Each piece of a timer's work has one.</summary>
internal static class SpanName
{
    public const string Ingest = "ingest";
    public const string FanOut = "fan-out";
    public const string Deliver = "deliver";
    public const string RunJob = "run-job";
    public const string IndexDeadLetters = "IndexDeadLetters";
    public const string RebuildLostIndex = "RebuildLostIndex";
    public const string MeasureQueues = "MeasureQueues";
    public const string ReturnParked = "ReturnParked";
    public const string WatchJobs = "WatchJobs";
    public const string BackUpSubscriptions = "BackUpSubscriptions";
    public const string PurgeTables = "PurgeTables";
    public const string PurgeSecrets = "PurgeSecrets";
    public const string DiscardOldDeadLetters = "DiscardOldDeadLetters";
    public const string RebuildIndex = "RebuildIndex";
}

/// <summary>The header of the W3C trace context.</summary>
internal static class TraceParent
{
    // Version, trace id, span id and flags with hyphens between them; whatever is longer was not written by this
    // version of the format.
    const int Length = 55;

    /// <summary>The value if it is one; otherwise null.</summary>
    public static string? Valid(object? value) =>
        value is string { Length: Length } text && ActivityContext.TryParse(text, null, out _) ? text : null;
}

/// <summary>
/// Gives each request a trace id, which is in the answer if the request fails. If traces are exported, the worker has
/// done so already. If not, nothing else is traced.
/// </summary>
internal sealed class RequestTraceMiddleware : IFunctionsWorkerMiddleware
{
    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (Activity.Current is not null || context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        using var activity = new Activity(context.FunctionDefinition.Name).SetIdFormat(ActivityIdFormat.W3C);
        // The host's own trace, which a client may have begun.
        var parent = TraceParent.Valid(context.TraceContext.TraceParent)
            ?? TraceParent.Valid(http.Request.Headers.TraceParent.ToString());
        if (parent is not null)
        {
            activity.SetParentId(parent);
        }

        activity.Start();
        await next(context);
    }
}

/// <summary>
/// An id that others chose, as it stands in a log line, a trace or an error. It may be an e-mail address, which is
/// personal. Who knows the address can find its lines by the hash. Pure.
/// </summary>
internal static class LoggedId
{
    const int HashCharacters = 12;

    // In characters: what Service Bus takes as the id of a message.
    const int MaxLength = 128;

    static readonly SearchValues<char> Plain = SearchValues.Create(
        "-._~:/|+0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <returns>
    /// The id; the first 12 hexadecimal digits of its SHA-256 if it is long, or has anything but letters and digits of
    /// ASCII and <c>-._~:/|+</c>.
    /// </returns>
    [return: NotNullIfNotNull(nameof(id))]
    public static string? Of(string? id) =>
        id is null || (id.Length <= MaxLength && !id.AsSpan().ContainsAnyExcept(Plain))
        ? id
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..HashCharacters];
}
