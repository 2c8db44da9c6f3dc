using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>
/// Looks at messages of a queue by their numbers, defers them, and takes deferred ones. A lost lock is not a failure:
/// the work comes by again, and may be done twice.
/// </summary>
/// <remarks>All methods throw <see cref="ServiceBusException"/> when Service Bus fails.</remarks>
internal sealed class DeferredMessages(QueueReceivers receivers, CreditPace credits)
{
    // Calls in progress at a time: Service Bus commits calls together that arrive together.
    const int Concurrency = 64;

    /// <summary>Looks at a message, without locking it.</summary>
    /// <returns>Null when no message has this number.</returns>
    public async Task<ServiceBusReceivedMessage?> FindAsync(
        JobSource source, long number, CancellationToken cancellationToken)
    {
        await credits.SpendAsync(1, cancellationToken);
        return await receivers.Of(source).PeekMessagesAsync(1, number, cancellationToken) is [var message]
            && message.SequenceNumber == number ? message : null;
    }

    /// <summary>Locks deferred messages.</summary>
    /// <param name="source">Their queue.</param>
    /// <param name="rows">Which.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Receipt> ReceiveAsync(
        JobSource source, IReadOnlyList<IndexRow> rows, CancellationToken cancellationToken)
    {
        var received = new List<ServiceBusReceivedMessage>();
        var gone = new List<IndexRow>();
        var leftLocked = false;
        foreach (var partition in rows.GroupBy(row => SequenceNumber.PartitionOf(row.Number)))
        {
            if (await TryReceiveAsync(source, [.. partition], cancellationToken) is { } all)
            {
                received.AddRange(all);
                continue;
            }

            // If one of them is gone or locked, the call fails for all.
            foreach (var row in partition)
            {
                if (await TryReceiveAsync(source, [row], cancellationToken) is { } one)
                {
                    received.AddRange(one);
                }
                else if (await FindAsync(source, row.Number, cancellationToken) is null)
                {
                    gone.Add(row);
                }
                else
                {
                    leftLocked = true;
                }
            }
        }

        // Each partition gave its own.
        var places = rows.Select((row, place) => (row.Number, place)).ToDictionary();
        return new([.. received.OrderBy(message => places[message.SequenceNumber])], gone, leftLocked);
    }

    /// <summary>Defers messages that were just received.</summary>
    public Task DeferAsync(
        JobSource source, IReadOnlyList<ServiceBusReceivedMessage> messages, CancellationToken cancellationToken) =>
        SettleAsync(
            messages,
            (message, token) => receivers.Of(source).DeferMessageAsync(message, cancellationToken: token),
            cancellationToken);

    /// <summary>Removes messages that are locked.</summary>
    /// <returns>Those that were removed: the others' locks were lost.</returns>
    public Task<IReadOnlyList<ServiceBusReceivedMessage>> CompleteAsync(
        JobSource source, IReadOnlyList<ServiceBusReceivedMessage> messages, CancellationToken cancellationToken) =>
        SettleAsync(messages, receivers.Of(source).CompleteMessageAsync, cancellationToken);

    /// <summary>
    /// Unlocks messages, even while the host is stopping: otherwise the next step waits a minute for the locks to run
    /// out. Never fails.
    /// </summary>
    public async Task GiveBackAsync(JobSource source, IReadOnlyList<ServiceBusReceivedMessage> messages)
    {
        try
        {
            await SettleAsync(
                messages,
                (message, token) => receivers.Of(source).AbandonMessageAsync(message, cancellationToken: token),
                CancellationToken.None);
        }
        catch (ServiceBusException)
        {
            // They are free again when their locks have run out.
        }
    }

    static async Task<IReadOnlyList<ServiceBusReceivedMessage>> SettleAsync(
        IReadOnlyList<ServiceBusReceivedMessage> messages,
        Func<ServiceBusReceivedMessage, CancellationToken, Task> settle, CancellationToken cancellationToken)
    {
        var settled = new bool[messages.Count];
        await Parallel.ForAsync(
            0, messages.Count,
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
            async (i, token) =>
            {
                try
                {
                    await settle(messages[i], token);
                    settled[i] = true;
                }
                catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.MessageLockLost)
                {
                    // It is still there.
                }
            });
        return [.. messages.Where((_, i) => settled[i])];
    }

    async Task<IReadOnlyList<ServiceBusReceivedMessage>?> TryReceiveAsync(
        JobSource source, IReadOnlyList<IndexRow> rows, CancellationToken cancellationToken)
    {
        await credits.SpendAsync(rows.Count, cancellationToken);
        try
        {
            return await receivers.Of(source).ReceiveDeferredMessagesAsync(
                rows.Select(row => row.Number), cancellationToken);
        }
        catch (ServiceBusException e) when (
            e.Reason is ServiceBusFailureReason.MessageNotFound or ServiceBusFailureReason.MessageLockLost)
        {
            return null;
        }
    }
}

/// <summary>The result of receiving messages by their numbers.</summary>
/// <param name="Received">Those that are locked now, in the order of their rows.</param>
/// <param name="Gone">Rows whose message is no longer there.</param>
/// <param name="LeftLocked">Whether somebody else has some of them.</param>
internal sealed record Receipt(
    IReadOnlyList<ServiceBusReceivedMessage> Received, IReadOnlyList<IndexRow> Gone, bool LeftLocked);
