using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Amqp;
using Amqp.Framing;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>What each connection has shown tokens for, to $cbs.</summary>
/// <param name="now">Real time.</param>
internal sealed class Claims(Func<DateTimeOffset> now)
{
    const string TokenType = "servicebus.windows.net:sastoken";

    readonly ConditionalWeakTable<Connection, ConcurrentDictionary<string, DateTimeOffset>> _granted = [];

    /// <summary>Takes a token, and gives the answer to be sent.</summary>
    public Message Answer(Connection connection, Message request)
    {
        var own = request.ApplicationProperties?.Map;
        if (own?.GetValueOrDefault("operation") as string != "put-token"
            || own.GetValueOrDefault("name") is not string audience)
        {
            return Status(400, "The request must be a put-token, with the name of what it is for.");
        }

        // This includes tokens of Entra ID: the emulator cannot verify them.
        if (own.GetValueOrDefault("type") as string != TokenType || request.Body is not string token)
        {
            return Status(401, $"The emulator takes {TokenType} only: connect with its connection string.");
        }

        var (expires, refusal) = SharedAccessKey.Judge(token, audience, now());
        if (refusal is not null)
        {
            return Status(401, refusal);
        }

        _granted.GetOrCreateValue(connection)[EntityPath.Of(audience).ToUpperInvariant()] = expires;
        return Status(202, "Accepted");
    }

    /// <exception cref="AmqpException">The connection has shown no token that lets it in there, or it has
    /// expired.</exception>
    public void Demand(Connection connection, string path)
    {
        if (!_granted.TryGetValue(connection, out var granted)
            || !granted.Any(g => g.Value > now() && EntityPath.Covers(g.Key, path)))
        {
            throw new AmqpException(ServiceBusErrors.Unauthorized(path));
        }
    }

    static Message Status(int code, string text) => new()
    {
        ApplicationProperties = new ApplicationProperties { ["status-code"] = code, ["status-description"] = text },
    };
}
