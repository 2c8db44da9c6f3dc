namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>
/// How many messages the receiver of a link takes: what its last flow granted, less what was sent since (AMQP 1.0,
/// 2.6.7). The counters wrap around,
/// as AMQP's own do. Not thread safe.
/// </summary>
internal sealed class CreditWindow
{
    int _flows;
    bool _draining;

    /// <summary>The delivery count that the receiver allows: its own, plus its credit.</summary>
    public uint Limit { get; private set; }

    /// <summary>Deliveries so far, and credit that was given back.</summary>
    public uint DeliveryCount { get; private set; }

    /// <summary>
    /// How many may be sent now. None, too, when a receiver has lowered its credit below what was on the way to it.
    /// </summary>
    public int Available => Math.Max(0, (int)(Limit - DeliveryCount));

    /// <summary>
    /// When the last flow asks for the credit that is left to be given back, and has not been answered: that flow's
    /// number.
    /// </summary>
    public int? Drain => _draining ? _flows : null;

    /// <summary>
    /// A flow of the receiver. It takes the place of all that came before, drains not yet answered among them.
    /// </summary>
    /// <param name="limit">Its delivery count and its credit together.</param>
    /// <param name="drain">What cannot be sent now is to be given back.</param>
    public void Flow(uint limit, bool drain) => (Limit, _draining, _flows) = (limit, drain, _flows + 1);

    /// <summary>Uses up the credit for one message, if there is any.</summary>
    public bool TrySpend()
    {
        if (Available == 0)
        {
            return false;
        }

        DeliveryCount++;
        return true;
    }

    /// <summary>Gives back the credit that is left, if the flow that asked for it is still the last one.</summary>
    /// <param name="flow">Its number.</param>
    /// <returns>Whether the receiver is to be told, by a flow with the new delivery count and no credit.</returns>
    public bool TryDrain(int flow)
    {
        if (Drain != flow)
        {
            return false;
        }

        _draining = false;
        DeliveryCount += (uint)Available;
        return true;
    }
}
