namespace Atrium.Local.Emulators.ServiceBus;

/// <summary>
/// The credits that are left in this second of the broker's clock. An operation may begin while there are any. If it
/// costs more, the next second has fewer. Not thread safe; the commit loop is its only caller.
/// </summary>
internal sealed class CreditBudget(int perSecond)
{
    long _left = perSecond;
    long _second;

    /// <summary>When there are new credits.</summary>
    public BrokerTime NextRefill => new((_second + 1) * TimeSpan.TicksPerSecond);

    public bool IsSpent(BrokerTime now)
    {
        var second = now.Ticks / TimeSpan.TicksPerSecond;
        // At first these are all the seconds since the year 1: too many for 64 bits.
        _left = (long)Int128.Min(perSecond, _left + (Int128)(second - _second) * perSecond);
        _second = second;
        return _left <= 0;
    }

    public void Spend(int credits) => _left -= credits;
}
