namespace Atrium.Functions.Timers;

/// <summary>
/// A piece of work that is due once in each period. Only this process knows when it last began. A new process begins
/// with all work, which does no harm.
/// </summary>
/// <param name="name">What its span is called.</param>
/// <param name="every">The period, counted from midnight UTC; <see cref="TimeSpan.Zero"/> for what is due at each
/// tick.</param>
/// <param name="doAsync">Does it.</param>
internal sealed class PeriodicWork(string name, TimeSpan every, Func<CancellationToken, Task> doAsync)
{
    readonly Lock _lock = new();
    DateTimeOffset? _begun;

    public string Name => name;

    public Func<CancellationToken, Task> DoAsync => doAsync;

    /// <summary>
    /// Whether it is due. A tick that is late or left out makes it late and never leaves it out; one that fires twice,
    /// or a little early, does not repeat it.
    /// </summary>
    /// <param name="begun">When it was last begun; null when it never was.</param>
    /// <param name="every">The period.</param>
    public static bool IsDue(DateTimeOffset? begun, DateTimeOffset now, TimeSpan every) =>
        begun is not { } last || every == TimeSpan.Zero || last.UtcTicks / every.Ticks != now.UtcTicks / every.Ticks;

    /// <summary>Notes that it begins, if it is due. So what fails is due again in the next period.</summary>
    public bool TryBegin(DateTimeOffset now)
    {
        // A run that an operator asks for may be there beside the timer's.
        lock (_lock)
        {
            if (!IsDue(_begun, now, every))
            {
                return false;
            }

            _begun = now;
            return true;
        }
    }
}
