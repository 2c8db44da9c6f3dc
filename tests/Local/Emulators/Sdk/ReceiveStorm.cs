using System.Collections.Concurrent;
using System.Globalization;
using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Emulators.Tests.Sdk;

/// <summary>
/// Receives that end at random and begin anew, on receivers that close now and then, while messages are being sent.
/// After each burst the receivers
/// take what is left without being disturbed: a message that stands still, or is completed twice, fails the storm.
/// </summary>
/// <param name="client">Of the emulator to be tried.</param>
/// <param name="queue">A queue of its own.</param>
/// <param name="cancels">
/// Ends the receives by cancelling them, else by the time that they may take. The SDK forgets what a cancelled call
/// has gathered: that comes again
/// when its lock ends, which must be soon. Without, all that comes comes at once: locks may last.
/// </param>
/// <param name="standStill">How long nothing may come while messages are due.</param>
/// <param name="seed">Decides about everything that is random here.</param>
sealed class ReceiveStorm(
    ServiceBusClient client, string queue, bool cancels, TimeSpan standStill, int seed) : IAsyncDisposable
{
    const int Receivers = 4;
    const int CallersEach = 8;
    const int ReceivesInBurst = 2000;
    const int MostAtOnce = 10;
    const int MostPatience = 5;

    /// <summary>A receiver in so many calls is closed, and another takes its place.</summary>
    const int CallsPerReceiver = 100;

    readonly Place[] _places = [.. Enumerable.Range(0, Receivers).Select(_ => new Place(client.CreateReceiver(queue)))];
    readonly ServiceBusSender _sender = client.CreateSender(queue);
    readonly ConcurrentDictionary<string, int> _got = new();
    readonly SemaphoreSlim _arrived = new(0);
    int _sent;

    /// <exception cref="InvalidOperationException">A message stood still, or came twice.</exception>
    public async Task RunAsync(int receives, Action<string>? progress = null)
    {
        for (var done = 0; done < receives;)
        {
            var burst = Math.Min(ReceivesInBurst, receives - done);
            await BurstAsync(burst, seed + done);
            await GatherAsync();
            done += burst;
            progress?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{done} receives, {_sent} messages"));
        }

        if (_got.FirstOrDefault(m => m.Value > 1) is { Key: { } twice })
        {
            throw new InvalidOperationException($"Message {twice} came {_got[twice]} times (seed {seed}).");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var place in _places)
        {
            await place.DisposeAsync();
        }

        await _sender.DisposeAsync();
        _arrived.Dispose();
    }

    async Task BurstAsync(int receives, int burst)
    {
        var left = receives;
        using var turns = new SemaphoreSlim(0);
        var callers = Enumerable.Range(0, Receivers * CallersEach).Select(n => Task.Run(async () =>
        {
            var random = new Random(burst + n);
            while (Interlocked.Decrement(ref left) >= 0)
            {
                turns.Release();
                await DisturbedReceiveAsync(_places[n % Receivers], random);
            }
        }));
        var sending = SendAsync(turns, receives, new Random(burst));
        await Task.WhenAll(callers);
        await sending;
    }

    // One message for each receive on average, but several at once.
    async Task SendAsync(SemaphoreSlim turns, int turnsToCome, Random random)
    {
        while (turnsToCome > 0)
        {
            var count = Math.Min(turnsToCome, random.Next(1, MostAtOnce));
            for (var i = 0; i < count; i++)
            {
                await turns.WaitAsync();
            }

            turnsToCome -= count;
            await _sender.SendMessagesAsync([.. Enumerable.Range(0, count).Select(_ => Next())]);
        }
    }

    ServiceBusMessage Next() => new() { MessageId = string.Create(CultureInfo.InvariantCulture, $"{_sent++}") };

    async Task DisturbedReceiveAsync(Place place, Random random)
    {
        if (random.Next(CallsPerReceiver) == 0)
        {
            await place.ReplaceAsync(client.CreateReceiver(queue));
        }

        var patience = TimeSpan.FromMilliseconds(1 + random.Next(MostPatience));
        var cancelled = cancels ? patience : Timeout.InfiniteTimeSpan;
        using var enough = new CancellationTokenSource(cancelled, TimeProvider.System);
        await TakeAsync(place, random.Next(1, MostAtOnce), cancels ? null : patience, enough.Token);
    }

    async Task GatherAsync()
    {
        using var all = new CancellationTokenSource();
        var gathering = _places.Select(async place =>
        {
            while (!all.IsCancellationRequested)
            {
                await TakeAsync(place, MostAtOnce, null, all.Token);
            }
        }).ToList();
        var inTime = true;
        while (_got.Count < _sent && inTime)
        {
            inTime = await _arrived.WaitAsync(standStill);
        }

        await all.CancelAsync();
        await Task.WhenAll(gathering);
        if (!inTime)
        {
            throw new InvalidOperationException($"{_sent - _got.Count} of {_sent} messages stand still (seed {seed}).");
        }
    }

    async Task TakeAsync(Place place, int most, TimeSpan? patience, CancellationToken cancellationToken)
    {
        var shared = place.Enter();
        try
        {
            foreach (var message in await shared.Receiver.ReceiveMessagesAsync(most, patience, cancellationToken))
            {
                await shared.Receiver.CompleteMessageAsync(message, CancellationToken.None);
                _got.AddOrUpdate(message.MessageId, 1, (_, times) => times + 1);
                _arrived.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // It had enough.
        }
        catch (ServiceBusException e) when (cancels && e.Reason == ServiceBusFailureReason.MessageLockLost)
        {
            // Locks are short then: the message comes again.
        }
        finally
        {
            shared.Leave();
        }
    }

    /// <summary>Where a receiver is, and the one that comes after it.</summary>
    sealed class Place(ServiceBusReceiver receiver) : IAsyncDisposable
    {
        readonly Lock _gate = new();
        SharedReceiver _shared = new(receiver);

        public SharedReceiver Enter()
        {
            lock (_gate)
            {
                _shared.Enter();
                return _shared;
            }
        }

        public async Task ReplaceAsync(ServiceBusReceiver next)
        {
            SharedReceiver old;
            lock (_gate)
            {
                (old, _shared) = (_shared, new SharedReceiver(next));
            }

            await old.CloseAsync();
        }

        public ValueTask DisposeAsync() => _shared.Receiver.DisposeAsync();
    }

    /// <summary>
    /// A receiver that several callers use, closed when they have left it: on closing, the SDK asks for the link to
    /// be drained, and waits for a
    /// minute when a call that goes on asks for more messages meanwhile.
    /// </summary>
    sealed class SharedReceiver(ServiceBusReceiver receiver)
    {
        readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int _users = 1;

        public ServiceBusReceiver Receiver => receiver;

        public void Enter() => Interlocked.Increment(ref _users);

        public void Leave()
        {
            if (Interlocked.Decrement(ref _users) == 0)
            {
                _left.TrySetResult();
            }
        }

        public async Task CloseAsync()
        {
            Leave();
            await _left.Task;
            await receiver.CloseAsync();
        }
    }
}
