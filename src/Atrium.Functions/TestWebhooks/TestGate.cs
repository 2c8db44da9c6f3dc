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
    /// Tests of one tenant under way at the same time: a fourth of them all, so that a tenant whose endpoint hangs
    /// leaves places to others, and more than a person needs.
    /// </summary>
    public const int MaxAtOncePerTenant = 4;

    /// <summary>
    /// Tests that a tenant may start within <see cref="Window"/>: more than a person needs, and fewer than a program
    /// would send.
    /// </summary>
    public const int MaxPerWindow = 20;

    /// <summary>The time over which a tenant's tests are counted.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // About what a test takes.
    static readonly TimeSpan UntilAPlaceIsFree = TimeSpan.FromSeconds(5);

    readonly Lock _lock = new();
    readonly Dictionary<string, Tests> _tests = [];

    /// <summary>Takes a place for a tenant, which has to be given back by <see cref="Leave"/>.</summary>
    /// <returns>Null when there is one; otherwise how long to wait before the next try.</returns>
    public TimeSpan? Enter(string tenant)
    {
        lock (_lock)
        {
            Forget();
            var ofTenant = _tests.GetValueOrDefault(tenant) ?? new Tests();
            if (ofTenant.UnderWay >= MaxAtOncePerTenant || _tests.Values.Sum(tests => tests.UnderWay) >= MaxAtOnce)
            {
                return UntilAPlaceIsFree;
            }

            if (ofTenant.Starts.Count >= MaxPerWindow)
            {
                return Window - time.GetElapsedTime(ofTenant.Starts.Peek());
            }

            ofTenant.Starts.Enqueue(time.GetTimestamp());
            ofTenant.UnderWay++;
            _tests[tenant] = ofTenant;
            return null;
        }
    }

    public void Leave(string tenant)
    {
        lock (_lock)
        {
            _tests[tenant].UnderWay--;
        }
    }

    void Forget()
    {
        foreach (var (tenant, tests) in _tests.ToList())
        {
            while (tests.Starts.TryPeek(out var start) && time.GetElapsedTime(start) >= Window)
            {
                tests.Starts.Dequeue();
            }

            if (tests is { Starts.Count: 0, UnderWay: 0 })
            {
                _tests.Remove(tenant);
            }
        }
    }

    sealed class Tests
    {
        public Queue<long> Starts { get; } = [];
        public int UnderWay { get; set; }
    }
}
