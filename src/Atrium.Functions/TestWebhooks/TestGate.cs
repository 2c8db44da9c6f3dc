namespace Atrium.Functions.TestWebhooks;

/// <summary>
/// Bounds the tests of one instance. A test is answered while the caller waits, and goes to any URL. Without a bound it
/// could be used to overload this app, or somebody else's.
/// </summary>
internal sealed class TestGate(TimeProvider time)
{
    /// <summary>
    /// Tests under way at the same time, of all tenants: a fraction of the 128 deliveries that go on beside them.
    /// </summary>
    public const int MaxAtOnce = 16;

    /// <summary>
    /// Tests that a tenant may start within <see cref="Window"/>: more than a person needs, and fewer than a program
    /// would send.
    /// </summary>
    public const int MaxPerWindow = 20;

    /// <summary>The time over which a tenant's tests are counted.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // About what a test takes.
    static readonly TimeSpan UntilAPlaceIsFree = TimeSpan.FromSeconds(5);

    readonly Lock _gate = new();
    readonly Dictionary<string, Queue<DateTimeOffset>> _starts = [];
    int _underWay;

    /// <summary>Takes a place, which has to be given back by <see cref="Leave"/>.</summary>
    /// <returns>Null when there is one; otherwise how long to wait before the next try.</returns>
    public TimeSpan? Enter(string tenant)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            Forget(now - Window);
            if (_underWay >= MaxAtOnce)
            {
                return UntilAPlaceIsFree;
            }

            var starts = _starts.TryGetValue(tenant, out var known) ? known : _starts[tenant] = [];
            if (starts.Count >= MaxPerWindow)
            {
                return starts.Peek() + Window - now;
            }

            starts.Enqueue(now);
            _underWay++;
            return null;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            _underWay--;
        }
    }

    void Forget(DateTimeOffset before)
    {
        foreach (var (tenant, starts) in _starts.ToList())
        {
            while (starts.TryPeek(out var start) && start <= before)
            {
                starts.Dequeue();
            }

            if (starts.Count == 0)
            {
                _starts.Remove(tenant);
            }
        }
    }
}
