namespace Atrium.Functions.Deliveries;

/// <summary>
/// Keeps one endpoint from taking all calls of this instance. A healthy one may take half of them, and a burst beyond that waits a moment for its
/// turn. A slow one, be it dead, dripping or overloaded, is held to a few: whatever else is due for it is put back, uncounted, and the deliveries of
/// others go on.
/// </summary>
internal sealed class EndpointSlots(TimeProvider time)
{
    /// <summary>Attempts at a time for one subscription: half of what host.json lets an instance make (maxConcurrentCalls).</summary>
    public const int Most = 64;

    /// <summary>The same while its endpoint is slow: enough to see when it recovers, and sixteen dead endpoints do not fill an instance.</summary>
    public const int MostWhenSlow = 8;

    /// <summary>An attempt under way for longer makes its endpoint slow, however it ends: what counts here is the call that it holds.</summary>
    public static readonly TimeSpan SlowFrom = TimeSpan.FromSeconds(2);

    /// <summary>How long a burst waits for its turn at a healthy endpoint before it is put back.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Endpoints that nothing is sent to any more; some two hundred bytes each.
    const int MostRemembered = 10_000;

    readonly Lock _gate = new();
    readonly Dictionary<string, Endpoint> _endpoints = [];

    /// <returns>A slot, to be disposed of when the attempt is over; null when the endpoint has none to give.</returns>
    public async Task<IDisposable?> EnterAsync(string subscriptionId, CancellationToken cancellationToken)
    {
        var waiter = new TaskCompletionSource<IDisposable?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (!_endpoints.TryGetValue(subscriptionId, out var endpoint))
            {
                _endpoints[subscriptionId] = endpoint = new Endpoint(subscriptionId);
            }

            var slow = IsSlow(endpoint);
            if (endpoint.UnderWay.Count < (slow ? MostWhenSlow : Most))
            {
                return Begin(endpoint);
            }

            if (slow)
            {
                return null;
            }

            endpoint.Waiting.Enqueue(waiter);
        }

        try
        {
            return await waiter.Task.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The slot may be given at this very moment: then it is taken.
            waiter.TrySetResult(null);
            return await waiter.Task;
        }
        catch (OperationCanceledException)
        {
            if (!waiter.TrySetResult(null))
            {
                (await waiter.Task)?.Dispose();
            }

            throw;
        }
    }

    Slot Begin(Endpoint endpoint) => new(this, endpoint, endpoint.UnderWay.AddLast(time.GetTimestamp()));

    // By the oldest as well, since a dead endpoint takes its time to fail for the first time.
    bool IsSlow(Endpoint endpoint) => endpoint.WasSlow || (endpoint.UnderWay.First is { } oldest && time.GetElapsedTime(oldest.Value) >= SlowFrom);

    void End(Endpoint endpoint, LinkedListNode<long> attempt)
    {
        lock (_gate)
        {
            endpoint.UnderWay.Remove(attempt);
            endpoint.WasSlow = time.GetElapsedTime(attempt.Value) >= SlowFrom;
            while (endpoint.Waiting.Count > 0 && (IsSlow(endpoint) || endpoint.UnderWay.Count < Most))
            {
                Answer(endpoint, endpoint.Waiting.Dequeue());
            }

            Forget(endpoint);
        }
    }

    // That an endpoint was slow is worth knowing a little longer: all its attempts may time out at the same moment.
    void Forget(Endpoint endpoint)
    {
        if (endpoint is { UnderWay.Count: 0, WasSlow: false })
        {
            _endpoints.Remove(endpoint.SubscriptionId);
        }

        if (_endpoints.Count > MostRemembered)
        {
            foreach (var idle in _endpoints.Values.Where(other => other.UnderWay.Count == 0).ToList())
            {
                _endpoints.Remove(idle.SubscriptionId);
            }
        }
    }

    void Answer(Endpoint endpoint, TaskCompletionSource<IDisposable?> waiter)
    {
        if (IsSlow(endpoint))
        {
            waiter.TrySetResult(null);
            return;
        }

        var slot = Begin(endpoint);
        if (!waiter.TrySetResult(slot))
        {
            endpoint.UnderWay.Remove(slot.Attempt);
        }
    }

    sealed class Endpoint(string subscriptionId)
    {
        public string SubscriptionId { get; } = subscriptionId;

        /// <summary>When each attempt under way began, the oldest first.</summary>
        public LinkedList<long> UnderWay { get; } = [];

        public Queue<TaskCompletionSource<IDisposable?>> Waiting { get; } = [];

        /// <summary>Whether the attempt that ended last was slow.</summary>
        public bool WasSlow { get; set; }
    }

    sealed class Slot(EndpointSlots slots, Endpoint endpoint, LinkedListNode<long> attempt) : IDisposable
    {
        public LinkedListNode<long> Attempt => attempt;

        public void Dispose() => slots.End(endpoint, attempt);
    }
}
