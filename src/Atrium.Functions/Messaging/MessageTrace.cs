using System.Diagnostics;
using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Messaging;

/// <summary>
/// Carries a trace over the queues, in the messages' application properties, so that an event, its deliveries, their
/// attempts, retries and replays are one trace, even if days and jobs lie between them. If nobody listens, nothing is
/// traced, but the trace of a message is passed on.
/// </summary>
internal static class MessageTrace
{
    /// <summary>
    /// The W3C trace context's name. The client of Service Bus knows it and then adds nothing of its own.
    /// </summary>
    public const string Property = "traceparent";

    // The clients of Service Bus write it as well.
    const string OtherProperty = "Diagnostic-Id";

    /// <summary>The trace that a message brought; null for none, or what is not one.</summary>
    public static string? Of(ServiceBusReceivedMessage message) =>
        TraceParent.Valid(message.ApplicationProperties.GetValueOrDefault(Property))
        ?? TraceParent.Valid(message.ApplicationProperties.GetValueOrDefault(OtherProperty));

    /// <summary>
    /// Processes a message as a part of its trace. An exception is the span's error. A webhook that fails is not an
    /// error.
    /// </summary>
    /// <param name="span">What is done, one of <see cref="SpanName"/>.</param>
    /// <param name="queue">The message's queue.</param>
    public static async Task RunAsync(
        string span, string queue, ServiceBusReceivedMessage message, Func<Task> workAsync)
    {
        using var activity = Begin(span, queue, message);
        try
        {
            await workAsync();
        }
        catch (Exception e)
        {
            Tracing.Fail(e);
            throw;
        }
    }

    static Activity? Begin(string name, string queue, ServiceBusReceivedMessage message)
    {
        var around = Activity.Current?.Context;
        var received = ActivityContext.TryParse(Of(message), null, isRemote: true, out var parsed) ? parsed : default;
        // The host also assigns a trace to the processing. If it is another trace, it is linked, not followed.
        var other = around is { } context && received != default && context.TraceId != received.TraceId;
        var activity = Tracing.Source.StartActivity(
            name, ActivityKind.Consumer, other || around is null ? received : around.Value,
            links: other ? [new ActivityLink(around!.Value)] : null);
        activity?.SetTag("messaging.system", "servicebus");
        activity?.SetTag("messaging.destination.name", queue);
        activity?.SetTag("messaging.message.id", LoggedId.Of(message.MessageId));
        return activity;
    }

    /// <summary>Writes the current trace into a message.</summary>
    /// <param name="trace">The trace to which the message belongs; null for the current one.</param>
    public static void Write(ServiceBusMessage message, string? trace)
    {
        if (OneFor(trace) is { } parent)
        {
            message.ApplicationProperties[Property] = parent;
        }
    }

    // The current activity is the parent, with two exceptions: it is about something else, such as a job that replays
    // many messages, or it only gives a request its id and is never exported.
    static string? OneFor(string? trace) =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Source.Name.Length: > 0 } current
        && (trace is null || trace.Contains(current.TraceId.ToHexString(), StringComparison.Ordinal))
            ? current.Id
            : trace;
}
