using Amqp.Framing;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Wire;

/// <summary>A receiver by AMQP's rules that asks, drains and asks again at random, as no client does.</summary>
public sealed class DrainStormTests
{
    const string Queue = "deliveries";
    const int Rounds = 500;
    const int MostCredit = 20;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_message_comes_to_a_receiver_that_drains_and_asks_again(int seed)
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var sender = await emulator.ConnectAsync();
        await using var peer = await RawPeer.ConnectAsync(emulator.Emulator.Port);
        await peer.BeginAsync();
        await peer.AttachReceiverAsync(Queue);
        var receiver = new Receiver(peer, new Random(seed));
        for (var round = 0; round < Rounds; round++)
        {
            var sending = sender.SendAsync(Queue, AmqpPeer.Text($"{round}"));
            await receiver.AskAsync();
            await receiver.TakeAsync();
            await sending;
        }
    }

    /// <summary>It knows what it allows and how far the sender is; its credit is the difference.</summary>
    sealed class Receiver(RawPeer peer, Random random)
    {
        uint _limit, _count;

        /// <summary>Asks, drains, or does both without waiting for an answer.</summary>
        public async Task AskAsync()
        {
            if (random.Next(2) == 0)
            {
                await FlowAsync(drain: true);
            }

            if (random.Next(2) == 0)
            {
                await GrantAsync();
            }
        }

        /// <summary>Waits for one message, and asks for it when a drain has taken the credit.</summary>
        public async Task TakeAsync()
        {
            while (true)
            {
                if (_limit == _count)
                {
                    await GrantAsync();
                }

                if (await peer.ReadAsync() is not Flow answer)
                {
                    break;
                }

                _count = answer.DeliveryCount;
            }

            _count++;
        }

        async Task GrantAsync()
        {
            _limit = _count + Math.Max(_limit - _count, (uint)random.Next(1, MostCredit));
            await FlowAsync(drain: false);
        }

        Task FlowAsync(bool drain) => peer.FlowAsync(_count, _limit - _count, drain);
    }
}
