using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Emulators.Tests.Sdk;

public sealed class FullQueueTests
{
    const int MessageBytes = 200 * 1024;

    // Of one megabyte: after the fifth some bytes are left, and after the sixth none.
    const int Room = 6;

    [Fact]
    public async Task A_full_queue_takes_no_message_until_one_has_gone()
    {
        await using var emulator = await Emulator.StartAsync();
        await using var client = emulator.Client();
        await using var sender = client.CreateSender(Emulator.Small);
        await using var receiver = client.CreateReceiver(Emulator.Small);
        await FillAsync(sender);

        await RefusesAsync(() => sender.SendMessageAsync(new()));
        await RefusesAsync(() => sender.SendMessagesAsync(Messages.Numbered(2)));
        await RefusesAsync(() => sender.ScheduleMessageAsync(new(), TimeProvider.System.GetUtcNow().AddHours(1)));

        var first = await receiver.NextAsync();
        await RefusesAsync(() => sender.SendMessageAsync(new()));
        await receiver.CompleteMessageAsync(first);
        await sender.SendMessageAsync(new("fits"));
        await client.CreateSender(Emulator.Queue).SendMessageAsync(new("goes elsewhere"));
    }

    [Fact]
    public async Task Dead_letters_take_room_and_a_restart_makes_none()
    {
        await using var emulator = await Emulator.StartAsync();
        await using (var client = emulator.Client())
        {
            await FillAsync(client.CreateSender(Emulator.Small));
            await using var receiver = client.CreateReceiver(Emulator.Small);
            await receiver.DeadLetterMessageAsync(await receiver.NextAsync());
        }

        await emulator.StopAsync();
        await emulator.StartAgainAsync();

        await using var later = emulator.Client();
        await using var sender = later.CreateSender(Emulator.Small);
        await RefusesAsync(() => sender.SendMessageAsync(new()));
        await using var dead = later.DeadLetters(Emulator.Small);
        await dead.CompleteMessageAsync(await dead.NextAsync());
        await sender.SendMessageAsync(new("fits"));
    }

    static async Task RefusesAsync(Func<Task> send) =>
        Assert.Equal(ServiceBusFailureReason.QuotaExceeded, await Messages.ReasonOf(send));

    static async Task FillAsync(ServiceBusSender sender)
    {
        for (var i = 0; i < Room; i++)
        {
            await sender.SendMessageAsync(new(new byte[MessageBytes]));
        }
    }
}
