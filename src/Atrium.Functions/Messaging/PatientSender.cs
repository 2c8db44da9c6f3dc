using Atrium.Functions.Telemetry;
using Azure.Identity;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Messaging;

/// <summary>
/// Sends while a message is locked, and waits while Service Bus throttles or has a short outage. Putting messages back
/// instead would add load when there is already too much. The host renews the lock meanwhile.
/// </summary>
internal sealed class PatientSender(CreditPace credits, TimeProvider time, OutageLog outages)
{
    /// <summary>
    /// Less than the five minutes for which host.json has locks renewed (maxAutoLockRenewalDuration).
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Calls <paramref name="send"/> until it succeeds; sends are repeatable, since message ids are computed.
    /// </summary>
    /// <exception cref="ServiceBusException">
    /// Service Bus refused for good, or for longer than <see cref="Patience"/>.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">It let nobody in for as long.</exception>
    /// <exception cref="AuthenticationFailedException">There was no token for as long.</exception>
    /// <param name="send">Sends once, within the client's own time-outs.</param>
    /// <param name="cancellationToken">
    /// Ends the waiting. A try under way goes on: cut short, it would be made again.
    /// </param>
    public Task SendAsync(Func<CancellationToken, Task> send, CancellationToken cancellationToken) => TryAsync(
        async token =>
        {
            await credits.SpendAsync(1, cancellationToken);
            await send(token);
        },
        cancellationToken);

    /// <summary>
    /// Sends a message that is written anew for each try, so that it waits from when Service Bus takes it.
    /// </summary>
    /// <exception cref="ServiceBusException">As above.</exception>
    public Task SendAsync(
        ServiceBusSender sender, Func<DateTimeOffset, ServiceBusMessage> write, CancellationToken cancellationToken) =>
        SendAsync(token => sender.SendMessageAsync(write(time.GetUtcNow()), token), cancellationToken);

    /// <summary>Sends messages in as few batches as their size allows; all of them can be sent again.</summary>
    /// <exception cref="ServiceBusException">Service Bus did not take all of them.</exception>
    public async Task SendAllAsync(
        ServiceBusSender sender, IEnumerable<ServiceBusMessage> messages, CancellationToken cancellationToken)
    {
        var left = new Queue<ServiceBusMessage>(messages);
        while (left.Count > 0)
        {
            await TryAsync(token => SendBatchAsync(sender, left, cancellationToken, token), cancellationToken);
            if (left.Count > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    async Task TryAsync(Func<CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        for (var wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                await send(CancellationToken.None);
                outages.Succeeded(Dependency.ServiceBus);
                return;
            }
            // Without a role or a token, nothing can be put back either.
            catch (Exception e) when (
                e is ServiceBusException or UnauthorizedAccessException or AuthenticationFailedException
                && Outage.Passes(e, CancellationToken.None)
                && time.GetElapsedTime(started) + wait < Patience)
            {
                outages.Failed(Dependency.ServiceBus, e);
            }

            await Task.Delay(wait, time, cancellationToken);
        }
    }

    async Task SendBatchAsync(
        ServiceBusSender sender, Queue<ServiceBusMessage> left, CancellationToken stopping,
        CancellationToken cancellationToken)
    {
        using var batch = await sender.CreateMessageBatchAsync(cancellationToken);
        foreach (var message in left)
        {
            if (!batch.TryAddMessage(message))
            {
                break;
            }
        }

        if (batch.Count == 0)
        {
            var id = LoggedId.Of(left.Peek().MessageId);
            throw new InvalidOperationException(
                $"The message {id} does not fit into an empty batch of {batch.MaxSizeInBytes} "
                + "bytes.");
        }

        await credits.SpendAsync(batch.Count, stopping);
        await sender.SendMessagesAsync(batch, cancellationToken);
        for (var sent = batch.Count; sent > 0; sent--)
        {
            left.Dequeue();
        }
    }
}
