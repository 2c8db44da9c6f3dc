using Atrium.Local.Emulators.ServiceBus.Wire;
using CsCheck;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Wire;

public sealed class CreditWindowTests
{
    /// <summary>What can happen on a link, in any order.</summary>
    enum Step
    {
        Grant,
        GrantAndDrain,
        Send,
        Answer,
        CarryToSender,
        CarryToReceiver,
    }

    static readonly Gen<(Step Step, int Credit)[]> Steps =
        Gen.Select(Gen.Int[0, 5].Select(s => (Step)s), Gen.Int[0, 20]).Array[1, 200];

    [Fact]
    public void No_more_is_sent_than_the_last_flow_allows_and_no_less_can_be() => Steps.Sample(steps =>
    {
        var wire = new Wire();
        foreach (var (step, credit) in steps)
        {
            wire.Do(step, credit);
            Assert.Equal(Math.Max(0, (int)(wire.LastLimit - wire.Sender.DeliveryCount)), wire.Sender.Available);
        }

        Assert.False(wire.HasOversent);
    });

    [Fact]
    public void When_all_frames_have_arrived_both_ends_know_of_the_same_credit() => Steps.Sample(steps =>
    {
        var wire = new Wire();
        foreach (var (step, credit) in steps)
        {
            wire.Do(step, credit);
        }

        wire.Settle();

        Assert.Equal(wire.Credit, wire.Sender.Available);
        Assert.Equal(wire.DeliveryCount, wire.Sender.DeliveryCount);
        Assert.Null(wire.Sender.Drain);
    });

    [Fact]
    public void A_drain_leaves_credit_alone_that_was_granted_after_it() =>
        Gen.Select(Gen.UInt, Gen.UInt[0, 1000], Gen.UInt[1, 1000], Gen.Bool).Sample((start, first, more, drainsAgain) =>
        {
            var window = new CreditWindow();
            window.Flow(start, drain: false);
            window.TryDrain(0);
            window.Flow(start + first, drain: true);
            var asked = window.Drain!.Value;
            window.Flow(start + first + more, drainsAgain);

            Assert.False(window.TryDrain(asked));
            Assert.Equal(Math.Max(0, (int)(start + first + more)), window.Available);
        });

    [Fact]
    public void A_drain_is_answered_once()
    {
        var window = new CreditWindow();
        window.Flow(5, drain: true);
        var asked = window.Drain!.Value;

        Assert.True(window.TrySpend());
        Assert.True(window.TryDrain(asked));
        Assert.False(window.TryDrain(asked));
        Assert.Equal((5u, 0, (int?)null), (window.DeliveryCount, window.Available, window.Drain));
    }

    /// <summary>
    /// A receiver as AMQP has it, the window at the other end, and the frames between them, which arrive in order and
    /// late. A receiver that waits for
    /// a drain's answer asks for nothing meanwhile.
    /// </summary>
    sealed class Wire
    {
        readonly Queue<(uint Limit, bool Drain)> _toSender = new();
        readonly Queue<uint?> _toReceiver = new();
        bool _drains;

        public CreditWindow Sender { get; } = new();

        public uint LastLimit { get; private set; }

        public bool HasOversent { get; private set; }

        public uint DeliveryCount { get; private set; }

        public int Credit { get; private set; }

        public void Do(Step step, int credit)
        {
            switch (step)
            {
                case Step.Grant or Step.GrantAndDrain when !_drains:
                    _drains = step == Step.GrantAndDrain;
                    Credit = Math.Max(Credit, credit);
                    _toSender.Enqueue((DeliveryCount + (uint)Credit, _drains));
                    break;
                case Step.Send when Sender.TrySpend():
                    HasOversent |= (int)(LastLimit - Sender.DeliveryCount) < 0;
                    _toReceiver.Enqueue(null);
                    break;
                case Step.Answer when Sender.Drain is { } flow:
                    Assert.True(Sender.TryDrain(flow));
                    _toReceiver.Enqueue(Sender.DeliveryCount);
                    break;
                case Step.CarryToSender when _toSender.TryDequeue(out var flow):
                    LastLimit = flow.Limit;
                    Sender.Flow(flow.Limit, flow.Drain);
                    break;
                case Step.CarryToReceiver when _toReceiver.TryDequeue(out var drained):
                    Receive(drained);
                    break;
                default:
                    break;
            }
        }

        public void Settle()
        {
            while (_toSender.Count > 0 || _toReceiver.Count > 0 || Sender.Drain is not null)
            {
                Do(Step.CarryToSender, 0);
                Do(Step.Answer, 0);
                Do(Step.CarryToReceiver, 0);
            }
        }

        void Receive(uint? drained)
        {
            if (drained is { } count)
            {
                (DeliveryCount, Credit, _drains) = (count, 0, false);
                return;
            }

            Assert.True(Credit > 0, "A message came that the receiver had no credit for.");
            DeliveryCount++;
            Credit--;
        }
    }
}
