using System.Runtime.ExceptionServices;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>
/// Peeks at messages of a queue by their numbers, defers them, and takes deferred ones. A lost lock is not an error:
/// the job finds the message again, and may act on it twice.
/// </summary>
/// <remarks>All methods throw <see cref="ServiceBusException"/> when Service Bus fails.</remarks>
internal sealed class DeferredMessages(QueueReceivers receivers, CreditPace credits, TimeProvider time)
{
    /// <summary>How long it takes until a peek that showed nothing is repeated.</summary>
    public static readonly TimeSpan BetweenPeeks = TimeSpan.FromSeconds(1.5);

    // Calls in progress at a time: Service Bus commits calls together that arrive together.
    const int Concurrency = 64;

    // With the largest bodies 4 MB.
    const int Peeks = 16;

    /// <summary>Peeks at a message, which does not lock it.</summary>
    public async Task<Peeked> PeekAsync(JobSource source, long number, CancellationToken cancellationToken)
    {
        await credits.SpendAsync(1, cancellationToken);
        return await receivers.Of(source).PeekMessagesAsync(1, number, cancellationToken) switch
        {
            [var message] when message.SequenceNumber == number => new Peeked.There(message),
            [_] => new Peeked.Gone(number),
            _ => new Peeked.Unknown(number),
        };
    }

    /// <summary>Peeks at several messages.</summary>
    public async Task<IReadOnlyList<Peeked>> PeekAsync(
        JobSource source, IReadOnlyList<long> numbers, CancellationToken cancellationToken)
    {
        var peeks = new List<Peeked>();
        foreach (var some in numbers.Chunk(Peeks))
        {
            peeks.AddRange(await Task.WhenAll(some.Select(number => PeekAsync(source, number, cancellationToken))));
        }

        return peeks;
    }

    /// <summary>Peeks once more, a little later, where nothing was shown.</summary>
    public async Task<IReadOnlyList<Peeked>> PeekAgainAsync(
        JobSource source, IReadOnlyList<Peeked> peeks, CancellationToken cancellationToken)
    {
        var unknown = peeks.OfType<Peeked.Unknown>().Select(peek => peek.Number).ToList();
        if (unknown.Count == 0)
        {
            return peeks;
        }

        await Task.Delay(BetweenPeeks, time, cancellationToken);
        return [.. peeks.Where(peek => peek is not Peeked.Unknown),
            .. await PeekAsync(source, unknown, cancellationToken)];
    }

    /// <summary>Locks deferred messages: all that are to be had or, when a call fails, none.</summary>
    /// <param name="numbers">Which, each once.</param>
    public async Task<Receipt> ReceiveAsync(
        JobSource source, IReadOnlyList<long> numbers, CancellationToken cancellationToken)
    {
        var received = new List<ServiceBusReceivedMessage>();
        var missed = new List<Peeked>();
        try
        {
            foreach (var partition in numbers.GroupBy(SequenceNumber.PartitionOf))
            {
                var all = await TryReceiveAsync(source, [.. partition], cancellationToken);
                received.AddRange(all);
                // If one of them is gone or locked, the call fails for all.
                foreach (var number in partition.Except(all.Select(message => message.SequenceNumber)))
                {
                    if (await TryReceiveAsync(source, [number], cancellationToken) is [var one])
                    {
                        received.Add(one);
                    }
                    else
                    {
                        missed.Add(await PeekAsync(source, number, cancellationToken));
                    }
                }
            }
        }
        catch
        {
            await GiveBackAsync(source, received);
            throw;
        }

        // Each partition gave its own.
        var places = numbers.Select((number, place) => (number, place)).ToDictionary();
        return new([.. received.OrderBy(message => places[message.SequenceNumber])], missed);
    }

    /// <summary>Defers messages that were just received.</summary>
    public async Task DeferAsync(
        JobSource source, IReadOnlyList<ServiceBusReceivedMessage> messages, CancellationToken cancellationToken)
    {
        var deferred = await SettleAsync(
            messages,
            message => receivers.Of(source).DeferMessageAsync(message, cancellationToken: cancellationToken),
            cancellationToken);
        deferred.Fault?.Throw();
    }

    /// <summary>Removes messages that are locked. Never fails: what it returns says what failed.</summary>
    public Task<Settled> CompleteAsync(
        JobSource source, IReadOnlyList<ServiceBusReceivedMessage> messages, CancellationToken cancellationToken)
    {
        return SettleAsync(messages, CompleteAsync, cancellationToken);

        async Task CompleteAsync(ServiceBusReceivedMessage message)
        {
            try
            {
                await receivers.Of(source).CompleteMessageAsync(message, cancellationToken);
            }
            catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.MessageLockLost)
            {
                // The client repeats a completion whose answer was lost, and then it hears that the lock is. The last
                // message of a queue leaves no proof that it is gone, but twice nothing.
                var peek = await PeekAsync(source, message.SequenceNumber, cancellationToken);
                if (await PeekAgainAsync(source, [peek], cancellationToken) is [Peeked.There])
                {
                    throw;
                }
            }
        }
    }

    /// <summary>
    /// Unlocks messages, even while the host is stopping: otherwise the next step waits a minute for the locks to run
    /// out. Never fails.
    /// </summary>
    public async Task GiveBackAsync(JobSource source, IReadOnlyList<ServiceBusReceivedMessage> messages)
    {
        var abandoned = await SettleAsync(
            messages, message => receivers.Of(source).AbandonMessageAsync(message), CancellationToken.None);
        // What an outage keeps locked is free again when its lock has run out.
        if (abandoned.Fault is { SourceException: var e } fault
            && e is not ServiceBusException && !Outage.IsOne(e, CancellationToken.None))
        {
            fault.Throw();
        }
    }

    // All that were begun come to their end, so that nothing is settled without being told.
    static async Task<Settled> SettleAsync(
        IReadOnlyList<ServiceBusReceivedMessage> messages, Func<ServiceBusReceivedMessage, Task> settle,
        CancellationToken cancellationToken)
    {
        var settled = new bool[messages.Count];
        ExceptionDispatchInfo? fault = null;
        try
        {
            await Parallel.ForAsync(
                0, messages.Count,
                new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken },
                async (i, _) =>
                {
                    try
                    {
                        await settle(messages[i]);
                        settled[i] = true;
                    }
                    catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.MessageLockLost)
                    {
                        // It is still there.
                    }
                });
        }
        catch (Exception e)
        {
            fault = ExceptionDispatchInfo.Capture(e);
        }

        return new([.. messages.Where((_, i) => settled[i])], fault);
    }

    async Task<IReadOnlyList<ServiceBusReceivedMessage>> TryReceiveAsync(
        JobSource source, IReadOnlyList<long> numbers, CancellationToken cancellationToken)
    {
        await credits.SpendAsync(numbers.Count, cancellationToken);
        try
        {
            return await receivers.Of(source).ReceiveDeferredMessagesAsync(numbers, cancellationToken);
        }
        catch (ServiceBusException e) when (
            e.Reason is ServiceBusFailureReason.MessageNotFound or ServiceBusFailureReason.MessageLockLost)
        {
            return [];
        }
    }
}

/// <summary>What a peek at a number shows.</summary>
internal abstract record Peeked(long Number)
{
    /// <summary>The message is there, locked or not.</summary>
    internal sealed record There(ServiceBusReceivedMessage Message) : Peeked(Message.SequenceNumber);

    /// <summary>No message has this number: the next one was shown.</summary>
    internal sealed record Gone(long Number) : Peeked(Number);

    /// <summary>
    /// Nothing was shown. The end of a queue looks like that, and now and then other places do too. It proves nothing
    /// until it is seen again later.
    /// </summary>
    internal sealed record Unknown(long Number) : Peeked(Number);
}

/// <summary>The result of receiving messages by their numbers.</summary>
/// <param name="Received">Those that are locked now, in the order of their numbers' list.</param>
/// <param name="Missed">What a peek shows of each of the others. What is there is locked by somebody else.</param>
internal sealed record Receipt(IReadOnlyList<ServiceBusReceivedMessage> Received, IReadOnlyList<Peeked> Missed);

/// <summary>The result of settling messages.</summary>
/// <param name="Messages">Those that were settled. The others are still there: their locks were lost, or the call for
/// them failed.</param>
/// <param name="Fault">What failed first, if anything did.</param>
internal sealed record Settled(IReadOnlyList<ServiceBusReceivedMessage> Messages, ExceptionDispatchInfo? Fault)
{
    public static readonly Settled Nothing = new([], null);
}
