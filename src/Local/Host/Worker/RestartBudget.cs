namespace Atrium.Local.Host.Worker;

/// <summary>
/// How often a worker that died is started again. Otherwise an app that always dies would be restarted for ever, and
/// nobody would notice.
/// </summary>
/// <param name="restarts">How many restarts lie within a window.</param>
/// <param name="time">The clock.</param>
internal sealed class RestartBudget(int restarts, TimeProvider time)
{
    /// <summary>The real host's: three times within half an hour.</summary>
    public const int Default = 3;

    /// <summary>More than any trial of dying workers needs.</summary>
    public const int Most = 1000;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(30);

    readonly Queue<DateTimeOffset> _spent = new();

    public int Restarts => restarts;

    /// <returns>False when as many as there may be lie within the last half hour.</returns>
    public bool TrySpend()
    {
        var now = time.GetUtcNow();
        while (_spent.TryPeek(out var oldest) && now - oldest >= Window)
        {
            _spent.Dequeue();
        }

        if (_spent.Count >= restarts)
        {
            return false;
        }

        _spent.Enqueue(now);
        return true;
    }
}
