using System.Collections.Concurrent;
using Amqp;
using Atrium.Processes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Durability;

public sealed class KilledProcessTests : IDisposable
{
    const string Queue = "deliveries";

    /// <summary>
    /// How many acknowledged sends, and how many settlements, each life of the process sees before it is killed in the
    /// middle of more.
    /// </summary>
    const int Enough = 150;

    const int Lives = 3;

    /// <summary>
    /// Each has one settlement under way at a time; several, so that some are when the process is killed.
    /// </summary>
    const int Settlers = 4;

    readonly StateFolder _folder = new(StateFolder.Queue(Queue, "\"RequiresDuplicateDetection\": true"));
    readonly ConcurrentDictionary<string, bool> _asked = new(), _acknowledged = new(), _toComplete = new(),
        _completed = new(), _abandoned = new();

    [Fact]
    public async Task Killed_amid_sends_and_settlements_it_loses_nothing_acknowledged_and_brings_back_nothing_settled()
    {
        for (var life = 0; life < Lives; life++)
        {
            await LiveAndBeKilledAsync(life);
            await CheckAsync();
        }
    }

    public void Dispose() => _folder.Dispose();

    async Task LiveAndBeKilledAsync(int life)
    {
        await using var process = Start();
        var port = await PortAsync(process);
        await using var sending = await AmqpPeer.ConnectAsync(port);
        var settling = await Task.WhenAll(
            Enumerable.Range(0, Settlers).Select(_ => AmqpPeer.ConnectAsync(port)));
        var enoughSent = new CountdownEvent(Enough);
        var enoughSettled = new CountdownEvent(Enough);
        var work = Task.WhenAll(
            [SendAsync(sending, life, enoughSent), .. settling.Select(s => SettleAsync(s, enoughSettled))]);

        await Task.Run(
            () => WaitHandle.WaitAll([enoughSent.WaitHandle, enoughSettled.WaitHandle], Patience.Limit));
        Assert.Equal((0, 0), (enoughSent.CurrentCount, enoughSettled.CurrentCount));
        await process.KillAsync();
        await work;
        foreach (var peer in settling)
        {
            await peer.DisposeAsync();
        }
    }

    // Sends many at a time until the connection breaks.
    async Task SendAsync(AmqpPeer peer, int life, CountdownEvent enough)
    {
        using var inFlight = new SemaphoreSlim(50);
        var link = peer.Sender(Queue);
        try
        {
            for (var i = 0; ; i++)
            {
                await inFlight.WaitAsync();
                var id = $"{life}-{i}";
                _asked[id] = true;
                link.Send(AmqpPeer.Text("body", id), Acknowledged, id);
            }
        }
        catch (Exception e) when (e is AmqpException or ObjectDisposedException)
        {
        }

        void Acknowledged(ILink sender, Message message, Amqp.Framing.Outcome outcome, object id)
        {
            if (outcome is Amqp.Framing.Accepted)
            {
                _acknowledged[(string)id] = true;
                Count(enough);
            }

            try
            {
                inFlight.Release();
            }
            catch (ObjectDisposedException)
            {
                // The sender has given up already.
            }
        }
    }

    // Completes two messages of three and abandons the third, and waits for each answer, until the connection breaks.
    async Task SettleAsync(AmqpPeer peer, CountdownEvent enough)
    {
        try
        {
            var receiver = peer.Receiver(Queue, credit: 10_000);
            for (var i = 0; ; i++)
            {
                var message = await AmqpPeer.NextAsync(receiver);
                var complete = i % 3 != 0;
                if (complete)
                {
                    _toComplete[message.Properties.MessageId] = true;
                }

                if (await peer.SettleAsync(Queue, message, complete ? "completed" : "abandoned") == 200)
                {
                    (complete ? _completed : _abandoned)[message.Properties.MessageId] = true;
                    Count(enough);
                }
            }
        }
        catch (Exception e) when (e is AmqpException or ObjectDisposedException or TimeoutException)
        {
        }
    }

    async Task CheckAsync()
    {
        await using var process = Start();
        await using var peer = await AmqpPeer.ConnectAsync(await PortAsync(process));
        var there = await AllAsync(peer, Queue);
        var dead = await AllAsync(peer, $"{Queue}/$deadletterqueue");
        var ids = there.Concat(dead).Select(m => m.Properties.MessageId).ToList();

        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Empty(_acknowledged.Keys.Except(ids).Except(_toComplete.Keys));
        Assert.Empty(ids.Intersect(_completed.Keys));
        Assert.Empty(ids.Except(_asked.Keys));
        Assert.All(
            there.Where(m => _abandoned.ContainsKey(m.Properties.MessageId)),
            m => Assert.True(m.Header.DeliveryCount > 0));

        // Whatever was acknowledged is remembered, completed or not: sent again, it is dropped.
        foreach (var again in _acknowledged.Keys.Chunk(500))
        {
            await peer.SendAsync(Queue, AmqpPeer.Batch(again.Select(id => AmqpPeer.Text("again", id))));
        }

        Assert.Equal(there.Count, (await AllAsync(peer, Queue)).Count);
    }

    ChildProcess Start() => EmulatorProgram.Start(_folder.Path, _folder.ConfigFile);

    static async Task<int> PortAsync(ChildProcess process) =>
        ServiceBusConnectionStringProperties.Parse(await process.ReadyAsync()).Endpoint.Port;

    static async Task<List<Message>> AllAsync(AmqpPeer peer, string entity)
    {
        var all = new List<Message>();
        var next = 0L;
        while (await peer.PeekAsync(entity, next) is { Count: > 0 } page)
        {
            all.AddRange(page);
            next = (long)page[^1].MessageAnnotations[new Amqp.Types.Symbol("x-opt-sequence-number")] + 1;
        }

        return all;
    }

    static void Count(CountdownEvent enough)
    {
        lock (enough)
        {
            if (!enough.IsSet)
            {
                enough.Signal();
            }
        }
    }
}
