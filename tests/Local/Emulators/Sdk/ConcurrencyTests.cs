using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Emulators.Tests.Sdk;

public sealed class ConcurrencyTests
{
    const int Senders = 8;
    const int EachSends = 150;

    [Fact]
    public async Task Many_senders_and_receivers_on_few_links_lose_and_double_nothing()
    {
        await using var emulator = await Emulator.StartAsync();
        await using var client = emulator.Client();
        var sender = client.CreateSender(Emulator.Queue);
        var receivers = new[] { client.CreateReceiver(Emulator.Queue), client.CreateReceiver(Emulator.Queue) };
        var got = new ConcurrentDictionary<string, int>();
        var sending = Enumerable.Range(0, Senders).Select(async n =>
        {
            for (var i = 0; i < EachSends; i++) await sender.SendMessageAsync(
                new ServiceBusMessage { MessageId = $"{n}:{i}" });
        });
        var receiving = Enumerable.Range(0, Senders).Select(async n =>
        {
            var receiver = receivers[n % receivers.Length];
            while (got.Count < Senders * EachSends)
            {
                var messages = await receiver.ReceiveMessagesAsync(1 + n, Messages.Short);
                await Task.WhenAll(messages.Select(async message =>
                {
                    await receiver.CompleteMessageAsync(message);
                    got.AddOrUpdate(message.MessageId!, 1, (_, times) => times + 1);
                }));
            }
        });
        await Task.WhenAll(sending.Concat(receiving)).Soon();
        Assert.Equal(Senders * EachSends, got.Count);
        Assert.All(got.Values, times => Assert.Equal(1, times));
        Assert.Null(await receivers[0].PeekMessageAsync());
    }
}
