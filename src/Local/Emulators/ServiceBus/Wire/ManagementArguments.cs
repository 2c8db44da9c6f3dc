using System.Collections;
using System.Globalization;
using Amqp;
using Amqp.Types;
using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>The body of a management request. All of it is read before anything is done.</summary>
/// <exception cref="AmqpException">From each member: what was asked for is missing or of another type
/// (com.microsoft:argument-error).</exception>
internal sealed class ManagementArguments(Map? body, MessageLimits limits)
{
    public IReadOnlyCollection<Guid> LockTokens => Array<Guid>("lock-tokens");

    public IReadOnlyCollection<long> SequenceNumbers => Array<long>("sequence-numbers");

    /// <summary>Together they have the limits of a batch.</summary>
    public IReadOnlyList<Arrival> Messages
    {
        get
        {
            var messages = List("messages")
                .Select(m => m is Map map && map.TryGetValue("message", out var bytes) && bytes is byte[] message
                    ? message
                    : throw Wrong("messages", "a list of maps that each hold a binary 'message'"))
                .ToList();
            limits.CheckSize(messages.Sum(message => message.Length));
            limits.CheckCount(messages.Count);
            return [.. messages.Select(IncomingMessage.Parse)];
        }
    }

    public Settlement Settlement
    {
        get
        {
            var changes = Outcomes.Changes(Find("properties-to-modify") as Map);
            switch (Find("disposition-status") as string)
            {
                case "completed":
                    return new Settlement.Complete();
                case "abandoned":
                    return new Settlement.Abandon(changes);
                case "defered":
                    return new Settlement.Defer(changes);
                case "suspended":
                    Copy("deadletter-reason", PropertyChanges.Reason, changes);
                    Copy("deadletter-description", PropertyChanges.Description, changes);
                    return new Settlement.DeadLetter(changes);
                default:
                    throw Wrong("disposition-status", "completed, abandoned, defered or suspended");
            }
        }
    }

    public long Long(string name)
    {
        try
        {
            return Find(name) is IConvertible value and not string
                ? value.ToInt64(CultureInfo.InvariantCulture)
                : throw Wrong(name, "a whole number");
        }
        catch (OverflowException)
        {
            throw Wrong(name, "a whole number of at most 64 bits");
        }
    }

    T[] Array<T>(string name) =>
        Find(name) is T[] { Length: > 0 } array ? array
        : Find(name) is IList { Count: > 0 } list && list.Cast<object>().All(i => i is T) ? [.. list.Cast<T>()]
        : throw Wrong(name, $"an array of {typeof(T).Name}, and not empty");

    IEnumerable<object> List(string name) =>
        Find(name) is IList { Count: > 0 } list ? list.Cast<object>() : throw Wrong(name, "a list, and not empty");

    void Copy(string from, string to, PropertyChanges changes)
    {
        if (Find(from) is { } value)
        {
            changes[to] = value;
        }
    }

    object? Find(string name) => body is not null && body.TryGetValue(name, out var value) ? value : null;

    static AmqpException Wrong(string name, string wanted) =>
        new(ServiceBusErrors.Argument($"'{name}' must be {wanted}."));
}
