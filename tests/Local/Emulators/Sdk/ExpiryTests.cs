using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Emulators.Tests.Sdk;

public sealed class ExpiryTests
{
    [Fact]
    public async Task A_message_that_has_expired_is_gone()
    {
        await using var emulator = await Emulator.StartAsync();
        await using var client = emulator.Client();
        var sender = client.CreateSender(Emulator.Queue);
        await sender.SendMessageAsync(new ServiceBusMessage("short") { TimeToLive = TimeSpan.FromMilliseconds(1) });
        await sender.SendMessageAsync(new ServiceBusMessage("long"));

        var got = await client.CreateReceiver(Emulator.Queue).NextAsync();

        // The first may have been taken before it expired on a very quick machine: then it is not the second.
        Assert.Equal("long", got.Body.ToString());
    }

    [Fact]
    public async Task A_message_that_has_expired_is_dead_lettered_where_the_queue_wants_it()
    {
        await using var emulator = await Emulator.StartAsync();
        await using var client = emulator.Client();
        var message = new ServiceBusMessage("short") { TimeToLive = TimeSpan.FromMilliseconds(1) };
        await client.CreateSender(Emulator.Expiring).SendMessageAsync(message);

        var dead = await client.DeadLetters(Emulator.Expiring).NextAsync();

        Assert.Equal(("short", "TTLExpiredException"), (dead.Body.ToString(), dead.DeadLetterReason));
    }
}
