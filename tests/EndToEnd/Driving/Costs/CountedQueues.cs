using Atrium.Metering;

namespace Atrium.EndToEnd;

/// <summary>
/// The operations on the queues that a delivery goes through, as the Service Bus emulator counts them.
/// </summary>
internal sealed class CountedQueues : IDisposable
{
    static readonly string[] Queues = ["visitor-events", "deliveries"];

    // In no row: a lock is renewed where a busy machine takes long for an attempt, and timers look at what lies on
    // queues.
    static readonly string[] LeftOut = ["renew-lock", "peek"];

    readonly Lock _gate = new();
    readonly OperationListener _listener;
    TaskCompletionSource _over = new();
    int _operations;
    int _unsettled;

    public CountedQueues(Broker broker) => _listener = new OperationListener(broker.Port, Hear);

    /// <summary>Begins anew, while no message is on its way.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            (_operations, _unsettled, _over) = (0, 0, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
    }

    /// <summary>
    /// Waits until every message sent is settled: the next is always sent before the last is settled.
    /// </summary>
    /// <returns>The operations until then.</returns>
    public async Task<int> OverAsync()
    {
        await _over.Task.Soon();
        lock (_gate)
        {
            return _operations;
        }
    }

    public void Dispose() => _listener.Dispose();

    void Hear(string operation, string entity, long count)
    {
        if (!Queues.Contains(entity) || LeftOut.Contains(operation))
        {
            return;
        }

        lock (_gate)
        {
            _operations += (int)count;
            _unsettled += operation switch
            {
                "send" or "schedule" => 1,
                "complete" or "dead-letter" => -1,
                _ => 0,
            };
            if (_unsettled == 0)
            {
                _over.TrySetResult();
            }
        }
    }
}
