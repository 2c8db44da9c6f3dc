namespace Atrium.Local.Emulators;

/// <summary>Lets one line a minute through about what may fail again and again, and counts the others.</summary>
internal sealed class OnceAMinute(TimeProvider time)
{
    static readonly TimeSpan s_between = TimeSpan.FromMinutes(1);

    readonly Lock _gate = new();
    long? _toldAt;
    int _untold;

    /// <returns>How many were left out since the last that was let through; null if this one is left out too.</returns>
    public int? Next()
    {
        lock (_gate)
        {
            if (_toldAt is { } told && time.GetElapsedTime(told) < s_between)
            {
                _untold++;
                return null;
            }

            var untold = _untold;
            (_toldAt, _untold) = (time.GetTimestamp(), 0);
            return untold;
        }
    }
}
