using Amqp.Framing;
using Amqp.Types;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>What becomes of a locked message: as an outcome, for the link that delivered it, and as a request, for when that link is gone.</summary>
internal sealed record Settlement(string Status, Func<Outcome> Outcome, Map Request)
{
    static readonly Symbol DeadLetterCondition = new("com.microsoft:dead-letter");

    public static Settlement Complete { get; } = new("completed", () => new Accepted(), []);

    public static Settlement Abandon(IDictionary<string, object>? properties) => new(
        "abandoned",
        () => properties is { Count: > 0 } ? new Modified { MessageAnnotations = Fields(properties) } : new Modified(),
        Modifying(properties));

    public static Settlement Defer(IDictionary<string, object>? properties) => new(
        "defered",
        () => properties is { Count: > 0 }
            ? new Modified { UndeliverableHere = true, MessageAnnotations = Fields(properties) }
            : new Modified { UndeliverableHere = true },
        Modifying(properties));

    public static Settlement DeadLetter(IDictionary<string, object>? properties, string? reason, string? description)
    {
        var info = Fields(properties ?? new Dictionary<string, object>());
        Put(info, PropertyName.DeadLetterReason, reason);
        Put(info, PropertyName.DeadLetterErrorDescription, description);
        var request = Modifying(properties);
        if (reason is not null) request["deadletter-reason"] = reason;
        if (description is not null) request["deadletter-description"] = description;
        return new Settlement(
            "suspended", () => info.Count > 0 ? new Rejected { Error = new Error(DeadLetterCondition) { Info = info } } : new Rejected(), request);
    }

    static void Put(Fields info, string name, string? text)
    {
        if (text is null) return;
        var key = new Symbol(name);
        if (info.TryGetValue(key, out var other) && !text.Equals(other as string, StringComparison.Ordinal))
            throw new InvalidOperationException($"{name} is given twice, as an argument and in propertiesToModify, and differs. Give it once.");
        info[key] = text;
    }

    static Map Modifying(IDictionary<string, object>? properties)
    {
        var request = new Map();
        if (properties is not { Count: > 0 }) return request;
        var modify = new Map();
        foreach (var (name, value) in properties) modify[name] = PropertyValue.ToAmqp(name, value);
        request["properties-to-modify"] = modify;
        return request;
    }

    static Fields Fields(IDictionary<string, object> properties)
    {
        var fields = new Fields();
        foreach (var (name, value) in properties) fields[new Symbol(name)] = PropertyValue.ToAmqp(name, value);
        return fields;
    }
}
