using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Emulators.Tests.Sdk;

public sealed class RefusalTests
{
    /// <summary>The SDK tries again what is unauthorized, too.</summary>
    static readonly ServiceBusRetryOptions Once = new() { MaxRetries = 0 };

    [Theory]
    [InlineData("SharedAccessKey=SAS_KEY_VALUE", "SharedAccessKey=ANOTHER")]
    [InlineData("SharedAccessKeyName=RootManageSharedAccessKey", "SharedAccessKeyName=Another")]
    public async Task Another_key_is_unauthorized(string right, string wrong)
    {
        await using var emulator = await Emulator.StartAsync();
        var connection = emulator.ConnectionString.Replace(right, wrong, StringComparison.Ordinal);
        await using var client = new ServiceBusClient(connection, new ServiceBusClientOptions { RetryOptions = Once });

        await Assert.ThrowsAsync<UnauthorizedAccessException>(
            () => client.CreateSender(Emulator.Queue).SendMessageAsync(new ServiceBusMessage()));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(
            () => client.CreateReceiver(Emulator.Queue).ReceiveMessageAsync());
        await Assert.ThrowsAsync<UnauthorizedAccessException>(
            () => client.CreateReceiver(Emulator.Queue).PeekMessageAsync());
    }

    [Fact]
    public async Task A_large_property_fails_as_it_does_with_the_service()
    {
        await using var emulator = await Emulator.StartAsync();
        await using var client = emulator.Client(Once);
        var message = new ServiceBusMessage { ApplicationProperties = { ["large"] = new string('x', 33 * 1024) } };

        var reason = await Messages.ReasonOf(() => client.CreateSender(Emulator.Queue).SendMessageAsync(message));

        Assert.Equal(ServiceBusFailureReason.GeneralError, reason);
    }

    [Fact]
    public async Task A_session_is_refused_on_a_queue_without()
    {
        await using var emulator = await Emulator.StartAsync();
        await using var client = emulator.Client();

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.AcceptSessionAsync(Emulator.Queue, "session"));
    }
}
