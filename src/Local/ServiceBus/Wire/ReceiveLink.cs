using System.Collections.Concurrent;
using Amqp;
using Amqp.Framing;
using Amqp.Handler;
using Amqp.Types;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>
/// A link that messages are received on, as long as it lasts. The service may send as many messages as there is credit for, so credit is what calls
/// wait for and no more: what a call leaves over is drained, and no message lies locked in a client that does not want it.
/// </summary>
internal sealed class ReceiveLink
{
    /// <summary>How long a call that has a message waits for more of those that are there already.</summary>
    static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    /// <summary>A drain is one exchange with the service. When it takes this long the link is of no more use.</summary>
    static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);

    readonly Lock _gate = new();
    readonly LinkedList<ReceiveWaiter> _waiters = new();
    readonly ConcurrentQueue<ServiceBusReceivedMessage> _ready;
    readonly ConcurrentDictionary<Guid, object> _unsettled = new();
    readonly ConcurrentDictionary<object, TaskCompletionSource<DeliveryState?>> _settling = new(ReferenceEqualityComparer.Instance);
    readonly OpenConnection _connection;
    readonly SettlingReceiverLink _link;
    readonly ServiceBusReceiveMode _mode;
    readonly int _prefetch;
    readonly TimeProvider _time;
    int _credit;
    TaskCompletionSource? _draining;
    Error? _error;
    bool _closed;

    ReceiveLink(
        OpenConnection connection, SettlingReceiverLink link, ServiceBusReceiveMode mode, int prefetch, TimeProvider time,
        ConcurrentQueue<ServiceBusReceivedMessage> ready)
    {
        (_connection, _link, _mode, _prefetch, _time, _ready) = (connection, link, mode, prefetch, time, ready);
        _link.Answered += OnAnswered;
        _link.AddClosedCallback((_, error) => OnClosed(error));
        _link.Start(0, (_, message) => OnMessage(message));
        lock (_gate) GiveCredit();
    }

    public bool IsOpen => !_closed && !_link.IsClosed;

    public static async Task<ReceiveLink> OpenAsync(
        OpenConnection connection, string entityPath, string identifier, ServiceBusReceiveMode mode, int prefetch, TimeProvider time,
        ConcurrentQueue<ServiceBusReceivedMessage> ready, CancellationToken cancellationToken)
    {
        await connection.AuthorizeAsync(entityPath, cancellationToken).ConfigureAwait(false);
        var attachment = new Attachment();
        var locks = mode == ServiceBusReceiveMode.PeekLock;
        var attach = new Attach
        {
            Source = new Source { Address = $"/{entityPath}" },
            Target = new Target { Address = identifier },
            SndSettleMode = locks ? SenderSettleMode.Unsettled : SenderSettleMode.Settled,
            RcvSettleMode = locks ? ReceiverSettleMode.Second : ReceiverSettleMode.First,
            Properties = new Fields { [new Symbol("com.microsoft:receiver-name")] = identifier },
        };
        var link = new SettlingReceiverLink(connection.NewSession(), $"{identifier}:{Guid.NewGuid():N}", attach, attachment.OnAttached);
        await attachment.WaitAsync(link, cancellationToken).ConfigureAwait(false);
        return new ReceiveLink(connection, link, mode, prefetch, time, ready);
    }

    /// <summary>Receives what is there as soon as there is something. Throws when the link closes before.</summary>
    public async Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveAsync(int most, TimeSpan wait, CancellationToken cancellationToken)
    {
        var waiter = new ReceiveWaiter(most);
        lock (_gate)
        {
            if (_closed) throw Attachment.Closed(_error);
            while (!waiter.IsFull && _ready.TryDequeue(out var message)) waiter.Add(message);
            if (waiter.Messages.Count == 0) _waiters.AddLast(waiter);
            GiveCredit();
            if (waiter.Messages.Count > 0) return waiter.Messages;
        }

        await QuietlyAsync(waiter.First.WaitAsync(wait, _time, cancellationToken)).ConfigureAwait(false);
        if (!waiter.Full.IsCompleted && waiter.First.IsCompleted)
            await QuietlyAsync(waiter.Full.WaitAsync(Gathering, _time, cancellationToken)).ConfigureAwait(false);
        if (Leave(waiter) is { } drained && !cancellationToken.IsCancellationRequested)
        {
            await QuietlyAsync(drained.WaitAsync(DrainLimit, _time, cancellationToken)).ConfigureAwait(false);
            if (!drained.IsCompleted && !cancellationToken.IsCancellationRequested) _ = CloseAsync();
        }

        lock (_gate)
        {
            _waiters.Remove(waiter);
            if (waiter.Messages.Count > 0) return waiter.Messages;
            if (_closed) throw Attachment.Closed(_error);
        }

        return cancellationToken.IsCancellationRequested ? throw new TaskCanceledException(null, null, cancellationToken) : waiter.Messages;
    }

    /// <summary>Whether this link delivered the message and has not settled it. Who asks settles it.</summary>
    public bool TryTake(Guid lockToken, out object? delivery) => _unsettled.TryRemove(lockToken, out delivery);

    /// <summary>Tells the service what becomes of a message and awaits what it says to that.</summary>
    public async Task<DeliveryState?> SettleAsync(object delivery, Outcome outcome, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<DeliveryState?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _settling[delivery] = answer;
        if (_closed) OnClosed(_error);
        else AmqpInternals.DisposeDelivery(_link.Session, role: true, delivery, outcome, settled: false);
        try
        {
            return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _settling.TryRemove(delivery, out _);
        }
    }

    public Task CloseAsync() => OpenConnection.CloseAsync(_link);

    void OnMessage(Message message)
    {
        var received = MessageDecoder.Delivered(message);
        if (_mode == ServiceBusReceiveMode.PeekLock) _unsettled[received.LockTokenGuid] = AmqpInternals.DeliveryOf(message);
        lock (_gate)
        {
            _credit--;
            if (_waiters.FirstOrDefault(waiter => !waiter.IsFull) is { } waiter) waiter.Add(received);
            else _ready.Enqueue(received);
            while (_waiters.First is { Value.IsFull: true }) _waiters.RemoveFirst();
            GiveCredit();
            ReleaseUnwanted();
        }
    }

    /// <summary>Makes the credit that the service has what the calls that wait want, and what is to be kept ready.</summary>
    void GiveCredit()
    {
        if (_closed || _draining is not null) return;
        var wanted = Wanted();
        // One flow for some messages, not one for each, when messages are only kept ready.
        if (wanted <= _credit || (wanted - _credit < (_prefetch + 3) / 4 && _waiters.Count == 0)) return;
        var more = wanted - _credit;
        _credit = wanted;
        _link.SetCredit(more, CreditMode.Manual);
    }

    int Wanted()
    {
        var wanted = Math.Max(0, _prefetch - _ready.Count);
        foreach (var waiter in _waiters) wanted += waiter.Wants;
        return wanted;
    }

    /// <summary>Takes back the credit that no other call wants. Returns when the service has given it back, or null when there is nothing to wait for.</summary>
    Task? Leave(ReceiveWaiter waiter)
    {
        lock (_gate)
        {
            waiter.Leaves = true;
            if (_closed || waiter.IsFull) return null;
            if (_draining is not null) return _draining.Task;
            if (_credit <= Wanted() || AmqpInternals.Credit(_link) <= 0) return null;
            _draining = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _connection.AllHandled += CheckDrained;
            _link.SetCredit(AmqpInternals.Credit(_link), CreditMode.Drain);
            return _draining.Task;
        }
    }

    void CheckDrained()
    {
        lock (_gate)
        {
            if (_draining is null || (!_closed && AmqpInternals.Credit(_link) > 0)) return;
            _connection.AllHandled -= CheckDrained;
            _draining.SetResult();
            _draining = null;
            _credit = 0;
            GiveCredit();
            ReleaseUnwanted();
        }
    }

    /// <summary>Gives back messages that came after the call which wanted them had gone. Deleted ones cannot be given back and wait for the next call.</summary>
    void ReleaseUnwanted()
    {
        if (_prefetch > 0 || _draining is not null || _mode != ServiceBusReceiveMode.PeekLock) return;
        while (_ready.TryDequeue(out var message))
        {
            if (_unsettled.TryRemove(message.LockTokenGuid, out var delivery))
                AmqpInternals.DisposeDelivery(_link.Session, role: true, delivery, new Released(), settled: true);
        }
    }

    void OnAnswered(IDelivery delivery)
    {
        if (!_settling.TryGetValue(delivery, out var answer)) return;
        var state = delivery.State;
        // The service settles with its answer. Should it leave that to us, nothing is left to agree on.
        if (!delivery.Settled) AmqpInternals.DisposeDelivery(_link.Session, role: true, delivery, state, settled: true);
        answer.TrySetResult(state);
    }

    void OnClosed(Error? error)
    {
        lock (_gate)
        {
            _closed = true;
            _error = error;
            foreach (var waiter in _waiters) waiter.End();
            _draining?.TrySetResult();
            _connection.AllHandled -= CheckDrained;
        }

        foreach (var answer in _settling.Values) answer.TrySetException(Attachment.Closed(error));
    }

    static async Task QuietlyAsync(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
