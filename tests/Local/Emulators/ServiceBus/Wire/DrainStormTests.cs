using Amqp.Framing;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Wire;

/// <summary>
/// Receivers by AMQP's rules that ask, drain and ask again at random. The clients drain only as they close: what a
/// drain may not do shows on no link of theirs.
/// </summary>
public sealed class DrainStormTests
{
    const string Queue = "deliveries";
    const int Rounds = 800;
    const int ExpiringRounds = 100;
    const int AsksOfRound = 4;
    const int MostCredit = 20;

    /// <summary>All rounds together are shorter than a lock: what has come does not come again.</summary>
    static readonly TimeSpan Lifetime = TimeSpan.FromMilliseconds(1);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 3)]
    public async Task Every_message_comes_to_whoever_receives_among_receivers_that_drain_and_ask_again(
        int receivers, int seed)
    {
        var random = new Random(seed);
        await using var emulator = await RunningEmulator.StartAsync();
        await using var sender = await emulator.ConnectAsync();
        var all = new List<Receiver>();
        for (var i = 0; i < receivers; i++)
        {
            all.Add(await Receiver.AttachAsync(emulator.Emulator.Port, new Random(seed + i)));
        }

        for (var round = 0; round < Rounds; round++)
        {
            var sending = sender.SendAsync(Queue, AmqpPeer.Text($"{round}"));
            for (var ask = 0; ask < AsksOfRound; ask++)
            {
                await Task.WhenAll(all.Select(receiver => receiver.AskAsync()));
            }

            // One link gathers: no other takes what stands still on it.
            var last = all[random.Next(receivers)];
            var taken = false;
            foreach (var other in all.Where(other => other != last))
            {
                taken |= await other.StopAsync();
            }

            if (!taken)
            {
                await last.TakeAsync();
            }

            await sending;
        }

        foreach (var receiver in all)
        {
            await receiver.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public async Task Every_message_that_expires_comes_to_whoever_receives_dead_letters_among_others_that_drain(
        int receivers, int seed)
    {
        var random = new Random(seed);
        await using var emulator = await RunningEmulator.StartAsync(
            StateFolder.Queue(Queue, """ "DeadLetteringOnMessageExpiration": true """));
        await using var holder = await emulator.ConnectAsync();
        List<Receiver> live = [], dead = [];
        for (var i = 0; i < receivers; i++)
        {
            live.Add(await Receiver.AttachAsync(emulator.Emulator.Port, new Random(seed + i)));
            dead.Add(await Receiver.AttachAsync(
                emulator.Emulator.Port, new Random(seed - i), $"{Queue}/$deadletterqueue"));
        }

        for (var round = 0; round < ExpiringRounds; round++)
        {
            foreach (var receiver in live)
            {
                Assert.False(await receiver.StopAsync());
            }

            var message = AmqpPeer.Text($"{round}");
            message.Header = new Header { Ttl = (uint)Lifetime.TotalMilliseconds };
            await holder.SendAsync(Queue, message);
            var held = await holder.ReceiveAsync(Queue);
            emulator.Time.Advance(Lifetime);
            for (var ask = 0; ask < AsksOfRound; ask++)
            {
                await Task.WhenAll(live.Concat(dead).Select(receiver => receiver.AskAsync()));
            }

            var last = dead[random.Next(receivers)];
            foreach (var other in dead.Where(other => other != last))
            {
                Assert.False(await other.StopAsync());
            }

            var taking = last.TakeAsync();
            Assert.Equal(200, await holder.SettleAsync(Queue, held, "abandoned"));
            await taking;
        }

        foreach (var receiver in live.Concat(dead))
        {
            await receiver.DisposeAsync();
        }
    }

    /// <summary>It knows what it allows and how far the sender is; its credit is the difference.</summary>
    sealed class Receiver(RawPeer peer, Random random) : IAsyncDisposable
    {
        uint _limit, _count, _drained;

        public static async Task<Receiver> AttachAsync(int port, Random random, string queue = Queue)
        {
            var peer = await RawPeer.ConnectAsync(port);
            await peer.BeginAsync();
            await peer.AttachReceiverAsync(queue);
            return new Receiver(peer, random);
        }

        /// <summary>Asks, drains, or does both without waiting for an answer.</summary>
        public async Task AskAsync()
        {
            if (random.Next(2) == 0)
            {
                await DrainAsync();
            }

            if (random.Next(2) == 0)
            {
                await GrantAsync();
            }
        }

        /// <summary>Waits for one message, and asks for it when a drain has taken the credit.</summary>
        public async Task TakeAsync()
        {
            do
            {
                if (_limit == _count)
                {
                    await GrantAsync();
                }
            }
            while (!await IsMessageAsync());
        }

        /// <summary>Gives back its credit, and waits until that is known.</summary>
        /// <returns>Whether a message has come before.</returns>
        public async Task<bool> StopAsync()
        {
            await DrainAsync();
            var taken = false;
            while (_limit != _count)
            {
                taken |= await IsMessageAsync();
            }

            return taken;
        }

        public ValueTask DisposeAsync() => peer.DisposeAsync();

        async Task<bool> IsMessageAsync()
        {
            if (await peer.ReadAsync() is not Flow answer)
            {
                _count++;
                return true;
            }

            Assert.True(
                (int)(_drained - answer.DeliveryCount) >= 0,
                $"The answer to a drain took {answer.DeliveryCount - _drained} credits that were granted after it.");
            _count = answer.DeliveryCount;
            return false;
        }

        async Task GrantAsync()
        {
            _limit = _count + Math.Max(_limit - _count, (uint)random.Next(1, MostCredit));
            await FlowAsync(drain: false);
        }

        async Task DrainAsync()
        {
            _drained = _limit;
            await FlowAsync(drain: true);
        }

        Task FlowAsync(bool drain) => peer.FlowAsync(_count, _limit - _count, drain);
    }
}
