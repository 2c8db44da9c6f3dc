using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>Opens entities to one connection by tokens put to <c>$cbs</c>, and keeps them open as long as the connection lasts.</summary>
internal sealed class Authorizer(OpenConnection connection, TokenSource tokens, TimeSpan limit, TimeProvider time)
{
    readonly ConcurrentDictionary<string, ITimer> _renewals = new();
    readonly Slot<RequestLink> _cbs = new(
        cancellationToken => Deadline.WithinAsync(
            limit, time, "Opening the link for authorization", inTime => RequestLink.OpenAsync(connection, "$cbs", inTime), cancellationToken),
        link => link.IsOpen,
        link => link.CloseAsync(),
        typeof(ServiceBusClient));

    volatile bool _stopped;

    public async Task AuthorizeAsync(string audience, CancellationToken cancellationToken)
    {
        if (_renewals.ContainsKey(audience)) return;
        RenewAfter(audience, await PutAsync(audience, cancellationToken).ConfigureAwait(false));
    }

    public void Stop()
    {
        _stopped = true;
        foreach (var renewal in _renewals.Values) renewal.Dispose();
    }

    /// <summary>Puts a token and returns how long to wait before the next one.</summary>
    async Task<TimeSpan> PutAsync(string audience, CancellationToken cancellationToken)
    {
        var token = await tokens(audience, cancellationToken).ConfigureAwait(false);
        var request = new Message
        {
            ApplicationProperties = new ApplicationProperties { ["operation"] = "put-token", ["type"] = token.Type, ["name"] = audience, ["expiration"] = token.ExpiresOn.UtcDateTime },
            BodySection = new AmqpValue { Value = token.Value },
        };
        var cbs = await _cbs.GetAsync(cancellationToken).ConfigureAwait(false);
        var answer = await cbs.AskAsync(request, cancellationToken).ConfigureAwait(false);
        var status = answer.ApplicationProperties?["status-code"] as int? ?? 0;
        if (status is < 200 or > 299)
            throw ErrorMapping.ToException(ErrorMapping.ConditionOf(status), answer.ApplicationProperties?["status-description"] as string, audience);
        return TokenRenewal.Delay(token.ExpiresOn, time.GetUtcNow());
    }

    void RenewAfter(string audience, TimeSpan delay)
    {
        var renewal = time.CreateTimer(_ => _ = RenewAsync(audience), null, delay, Timeout.InfiniteTimeSpan);
        _renewals.AddOrUpdate(
            audience,
            renewal,
            (_, former) =>
            {
                former.Dispose();
                return renewal;
            });
        if (_stopped) Stop();
    }

    async Task RenewAsync(string audience)
    {
        if (_stopped) return;
        var next = TokenRenewal.AfterFailure;
        try
        {
            next = await Deadline.WithinAsync(limit, time, "Renewing a token", inTime => PutAsync(audience, inTime), CancellationToken.None)
                .ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Whatever it was, credential or service, the old token is good for some minutes, and there are several more tries before its end.
        }

        RenewAfter(audience, next);
    }
}
