using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Jobs;

/// <summary>Settles what a sweep has locked, many at a time.</summary>
internal sealed partial class SweepSettling(ServiceBusReceiver receiver, ILogger logger)
{
    // Settlements under way at a time: the broker commits those that come together at once.
    const int Concurrency = 64;

    /// <summary>Removes messages that were acted upon.</summary>
    /// <returns>How many are removed. One whose lock was lost comes again and is acted upon again, which may be repeated.</returns>
    /// <exception cref="ServiceBusException">Service Bus failed; what is not removed comes again.</exception>
    public async Task<int> CompleteAsync(IReadOnlyCollection<ServiceBusReceivedMessage> messages, CancellationToken cancellationToken)
    {
        var completed = 0;
        await Parallel.ForEachAsync(messages, new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken }, async (message, token) =>
        {
            if (await IsSettledAsync(() => receiver.CompleteMessageAsync(message, token)))
            {
                Interlocked.Increment(ref completed);
            }
            else
            {
                Log.LockLost(logger, message.MessageId, message.SequenceNumber);
            }
        });
        return completed;
    }

    /// <summary>Gives messages back into their places, even while the host is stopping: a lock that runs out costs the next step a minute.</summary>
    public async Task GiveBackAsync(IReadOnlyCollection<ServiceBusReceivedMessage> messages)
    {
        try
        {
            // One whose lock has run out lies in its place already: of a hundred thousand that is no word each.
            await Parallel.ForEachAsync(messages, new ParallelOptions { MaxDegreeOfParallelism = Concurrency }, async (message, _) =>
                await IsSettledAsync(() => receiver.AbandonMessageAsync(message, cancellationToken: CancellationToken.None)));
        }
        catch (ServiceBusException e)
        {
            Log.NotGivenBack(logger, e, messages.Count);
        }
    }

    static async Task<bool> IsSettledAsync(Func<Task> settle)
    {
        try
        {
            await settle();
            return true;
        }
        catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.MessageLockLost)
        {
            return false;
        }
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The lock of message {MessageId} (number {SequenceNumber}) ran out before it was settled; it comes again")]
        public static partial void LockLost(ILogger logger, string? messageId, long sequenceNumber);

        [LoggerMessage(2, LogLevel.Warning, "Of {Held} messages some could not be given back; they come again when their locks have run out")]
        public static partial void NotGivenBack(ILogger logger, Exception exception, int held);
    }
}
