using Atrium.Functions.Contract;
using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Events;

/// <summary>
/// An event as it is on the queue <c>visitor-events</c>. Atrium writes such messages as well: all properties are
/// optional.
/// </summary>
internal sealed record EventMessage
{
    const string ReplaysProperty = "replays";
    const int CurrentVersion = 1;

    public required string Tenant { get; init; }

    /// <summary>The producer's message id, or a hash of tenant and body.</summary>
    public required string EventId { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    public required BinaryData Body { get; init; }

    /// <summary>The trace that the event belongs to, as its message brought it; null for none.</summary>
    public string? Trace { get; init; }

    /// <summary>How often the event was put back because a table or <c>deliveries</c> failed.</summary>
    public int PutBack { get; init; }

    /// <summary>How often a person has sent the event again out of the dead-letter queue.</summary>
    public int Replays { get; init; }

    /// <summary>When that was done last; null when it never was.</summary>
    public DateTimeOffset? ReplayedAt { get; init; }

    /// <summary>From when <see cref="Lifetime.Whole"/> counts, for the event and its deliveries.</summary>
    public DateTimeOffset LivesFrom => ReplayedAt ?? AcceptedAt;

    /// <summary>The id of an event whose publisher gave none: the same body published twice is one event.</summary>
    public static string IdOf(string tenant, BinaryData body) => "evt_" + StableHash.Of(tenant, body.ToMemory().Span);

    /// <summary>
    /// The id of an event for which the publisher gave a key of its own; keys of two tenants never collide.
    /// </summary>
    public static string IdOf(string tenant, string key) => "evt_" + StableHash.Of(tenant, key);

    /// <returns>The event's envelope, or a sentence that says why it cannot be read.</returns>
    public static (EventMessage? Message, string? Fault) Read(ServiceBusReceivedMessage message)
    {
        var (body, bodyFault) = MessageBody.Read(message);
        if (body is null)
        {
            return (null, bodyFault);
        }

        var properties = new MessageProperties(message);
        properties.Version(PropertyName.Version, CurrentVersion, whenAbsent: CurrentVersion);
        var tenant = TenantOf(properties);
        var putBack = properties.Integer(PropertyName.PutBack, 0, MessageProperties.MaxCount, whenAbsent: 0);
        var replays = properties.Integer(ReplaysProperty, 0, MessageProperties.MaxCount, whenAbsent: 0);
        // Only the app puts back and replays. On what a publisher sent, the others are properties of its own.
        var isOurs = putBack > 0 || replays > 0;
        var read = new EventMessage
        {
            Tenant = tenant,
            EventId = isOurs ? properties.Text(PropertyName.EventId, whenAbsent: IdOf(tenant, body))
                : message.MessageId is { Length: > 0 } id ? IdOf(properties, id)
                : IdOf(tenant, body),
            AcceptedAt = isOurs
                ? properties.Time(PropertyName.AcceptedAt, whenAbsent: message.EnqueuedTime)
                : message.EnqueuedTime,
            Body = body,
            PutBack = putBack,
            Replays = replays,
            ReplayedAt = replays > 0 && properties.Has(PropertyName.LivesFrom)
                ? properties.Time(PropertyName.LivesFrom)
                : null,
            Trace = MessageTrace.Of(message),
        };
        return properties.Fault is { } fault ? (null, fault) : (read, null);
    }

    /// <summary>What is wrong with how a message names its tenant; null when nothing is.</summary>
    public static string? TenantFault(ServiceBusReceivedMessage message)
    {
        var properties = new MessageProperties(message);
        TenantOf(properties);
        return properties.Fault;
    }

    // A producer that uses another name for the property means a certain tenant. The default would send its visitors to
    // another tenant's systems.
    static string TenantOf(MessageProperties properties) =>
        properties.Has(PropertyName.Tenant) || properties.NameLike(PropertyName.Tenant) is not { } meant
            ? properties.Text(PropertyName.Tenant, TenantId.IsValid, TenantId.Rule, whenAbsent: TenantId.Default)
            : properties.Wrong(
                PropertyName.Tenant,
                $"is missing, and '{MessageProperties.Shown(meant)}' is not read in its place. "
                    + $"Publish the event again, with its tenant in '{PropertyName.Tenant}'",
                TenantId.Default);

    // The message's id is the event's id, so it has to be a valid one.
    static string IdOf(MessageProperties properties, string messageId) => MessageProperties.IsSound(messageId)
        ? messageId
        : properties.Wrong(
            PropertyName.EventId,
            "is missing, and the message's id cannot stand for it: it is too long, or holds a control character",
            "");

    public EventMessage WithPutBack() => this with { PutBack = PutBack + 1 };

    /// <summary>
    /// The event sent again by a person: it is the same event, and its deliveries are the same deliveries.
    /// </summary>
    public EventMessage Replayed(DateTimeOffset now) =>
        this with { Replays = Replays + 1, ReplayedAt = now, PutBack = 0 };

    /// <param name="now">The time; what is put back keeps what is left of its lifetime.</param>
    public ServiceBusMessage Write(DateTimeOffset now)
    {
        var message = new ServiceBusMessage(Body)
        {
            MessageId = MessageId,
            ContentType = "application/json",
            ApplicationProperties = { [PropertyName.Version] = CurrentVersion, [PropertyName.Tenant] = Tenant },
        };
        if (PutBack > 0 || Replays > 0)
        {
            message.ApplicationProperties[PropertyName.EventId] = EventId;
            message.ApplicationProperties[PropertyName.AcceptedAt] = MessageProperties.TextOf(AcceptedAt);
            message.ApplicationProperties[PropertyName.PutBack] = PutBack;
            message.TimeToLive = Lifetime.LeftOf(LivesFrom, now);
        }

        if (Replays > 0)
        {
            message.ApplicationProperties[ReplaysProperty] = Replays;
            message.ApplicationProperties[PropertyName.LivesFrom] = MessageProperties.TextOf(LivesFrom);
        }

        MessageTrace.Write(message, Trace);
        return message;
    }

    // Each message of an event has an id of its own: duplicate detection would drop a second one and report success.
    string MessageId => (Replays, PutBack) switch
    {
        (0, 0) => EventId,
        (0, _) => $"evt_{StableHash.Of(Tenant, EventId)}.{PutBack}",
        _ => $"evt_{StableHash.Of(Tenant, EventId)}.r{Replays}.{PutBack}",
    };
}

/// <summary>The sending end of <c>visitor-events</c>.</summary>
internal sealed class EventQueue(
    [FromKeyedServices(Queues.VisitorEvents)] ServiceBusSender sender, PatientSender patient, CreditPace credits,
    TimeProvider time)
{
    /// <summary>
    /// Puts an event on the queue; a second one with the same id within the duplicate window is dropped.
    /// </summary>
    /// <exception cref="ServiceBusException">Service Bus did not take it; nothing was accepted.</exception>
    public async Task SendAsync(EventMessage message, CancellationToken cancellationToken)
    {
        await credits.SpendAsync(1, cancellationToken);
        await sender.SendMessageAsync(message.Write(time.GetUtcNow()), cancellationToken);
    }

    /// <summary>
    /// Puts events on the queue that a person sends again, in as few batches as their size allows. Safe to repeat.
    /// </summary>
    /// <exception cref="ServiceBusException">Service Bus did not take all of them.</exception>
    public Task ReplayAsync(IEnumerable<EventMessage> messages, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return patient.SendAllAsync(
            sender, messages.Select(message => message.Replayed(now).Write(now)), cancellationToken);
    }

    /// <summary>Puts an event back, to be received again some seconds to a minute later.</summary>
    /// <exception cref="ServiceBusException">Service Bus did not take it for as long as the lock can be
    /// renewed.</exception>
    public Task PutBackAsync(EventMessage message, TimeSpan wait, CancellationToken cancellationToken) =>
        patient.SendAsync(
            sender,
            now =>
            {
                var copy = message.WithPutBack().Write(now);
                copy.ScheduledEnqueueTime = now + wait;
                return copy;
            },
            cancellationToken);
}
