using System.Diagnostics;
using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Messaging;

/// <summary>
/// Carries a trace over the queues, in the messages' application properties, so that an event, its deliveries, their
/// attempts, retries and replays are one trace, though days and job runs may lie between them. Without anybody who
/// listens nothing is traced, and what a message brought goes on with it.
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
    /// Does something with a message, as a part of the trace that it brought. What is thrown is the span's error; a
    /// webhook that fails is none.
    /// </summary>
    /// <param name="span">What is done, one of <see cref="SpanName"/>.</param>
    /// <param name="queue">Where the message lay.</param>
    /// <param name="message">The message.</param>
    /// <param name="workAsync">Does it.</param>
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
        // The host has its own idea of what a message's processing belongs to. If that is another trace, it is linked
        // and not followed.
        var other = around is { } context && received != default && context.TraceId != received.TraceId;
        var activity = Tracing.Source.StartActivity(
            name, ActivityKind.Consumer, other || around is null ? received : around.Value,
            links: other ? [new ActivityLink(around!.Value)] : null);
        activity?.SetTag("messaging.system", "servicebus");
        activity?.SetTag("messaging.destination.name", queue);
        activity?.SetTag("messaging.message.id", message.MessageId);
        return activity;
    }

    /// <summary>Lets a message bring on the trace in which it is written.</summary>
    /// <param name="message">The message.</param>
    /// <param name="trace">The trace to which its content belongs, whoever writes it; null for the present one.</param>
    public static void Write(ServiceBusMessage message, string? trace)
    {
        if (OneFor(trace) is { } parent)
        {
            message.ApplicationProperties[Property] = parent;
        }
    }

    // What is under way is the closest parent there is, unless it is about something else, as a job is that replays
    // many, or has no source and only gives a request its id: nobody keeps it, and readers would be told not to either.
    static string? OneFor(string? trace) =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Source.Name.Length: > 0 } current
        && (trace is null || trace.Contains(current.TraceId.ToHexString(), StringComparison.Ordinal))
            ? current.Id
            : trace;
}
