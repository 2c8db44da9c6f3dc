using Amqp.Types;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Wire;

public class ManagementTests
{
    const string Queue = "deliveries";

    [Theory]
    [InlineData("com.example-unknown", 501, "amqp:not-implemented")]
    [InlineData("get-session-state", 400, "amqp:not-allowed")]
    [InlineData("renew-lock", 400, "com.microsoft:argument-error")]
    [InlineData("update-disposition", 400, "com.microsoft:argument-error")]
    [InlineData("peek-message", 400, "com.microsoft:argument-error")]
    [InlineData("schedule-message", 400, "com.microsoft:argument-error")]
    [InlineData("receive-by-sequence-number", 400, "com.microsoft:argument-error")]
    public async Task What_is_not_understood_is_answered_with_what_is_wrong(
        string operation, int status, string condition)
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();

        var reply = await peer.RequestAsync(Queue, operation, []);

        Assert.Equal(status, reply.ApplicationProperties["statusCode"]);
        Assert.Equal(new Symbol(condition), reply.ApplicationProperties["errorCondition"]);
        Assert.NotEmpty((string)reply.ApplicationProperties["statusDescription"]);
    }

    [Fact]
    public async Task A_renewed_lock_tells_its_new_end()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        await peer.SendAsync(Queue, AmqpPeer.Text("body"));
        var message = await peer.ReceiveAsync(Queue);
        emulator.Time.Advance(TimeSpan.FromSeconds(30));

        var reply = await peer.RequestAsync(
            Queue, "renew-lock", new Map { ["lock-tokens"] = new[] { new Guid(message.DeliveryTag) } });

        Assert.Equal(
            [emulator.Time.GetUtcNow().UtcDateTime.AddMinutes(1)], (DateTime[])((Map)reply.Body)["expirations"]);
    }

    [Fact]
    public async Task Renewing_a_lost_lock_says_so()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();

        var reply = await peer.RequestAsync(
            Queue, "renew-lock", new Map { ["lock-tokens"] = new[] { Guid.NewGuid() } });

        Assert.Equal(410, reply.ApplicationProperties["statusCode"]);
        Assert.Equal(new Symbol("com.microsoft:message-lock-lost"), reply.ApplicationProperties["errorCondition"]);
    }

    [Fact]
    public async Task Peeking_pages_by_number_and_holds_nothing_back()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        await peer.SendAsync(Queue, AmqpPeer.Batch(Enumerable.Range(1, 5).Select(i => AmqpPeer.Text($"{i}"))));

        Assert.Equal(["1", "2"], (await peer.PeekAsync(Queue, 0, 2)).Select(m => m.Body));
        Assert.Equal(["3", "4", "5"], (await peer.PeekAsync(Queue, 3, 100)).Select(m => m.Body));
        Assert.Empty(await peer.PeekAsync(Queue, 6, 100));
        Assert.Equal("1", (await peer.ReceiveAsync(Queue)).Body);
    }

    [Fact]
    public async Task A_peek_gives_no_more_than_the_service_does_whatever_is_asked_for()
    {
        await using var emulator = await RunningEmulator.StartAsync();
        await using var peer = await emulator.ConnectAsync();
        await peer.SendAsync(Queue, AmqpPeer.Batch(Enumerable.Range(1, 251).Select(i => AmqpPeer.Text($"{i}"))));

        Assert.Equal(250, (await peer.PeekAsync(Queue, 0, 251)).Count);
        Assert.Equal(["251"], (await peer.PeekAsync(Queue, 251, 251)).Select(m => m.Body));
    }
}
