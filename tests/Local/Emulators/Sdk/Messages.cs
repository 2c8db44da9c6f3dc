using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Emulators.Tests.Sdk;

static class Messages
{
    /// <summary>For a receive that may end with nothing. That nothing came in it proves nothing.</summary>
    public static readonly TimeSpan Short = TimeSpan.FromMilliseconds(150);

    public static ServiceBusMessage[] Numbered(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new ServiceBusMessage($"{i}") { MessageId = $"{i}" })];

    public static async Task<ServiceBusReceivedMessage> NextAsync(this ServiceBusReceiver receiver) =>
        await receiver.ReceiveMessageAsync(Patience.Limit) ?? throw new InvalidOperationException("No message came.");

    public static ServiceBusReceiver DeadLetters(this ServiceBusClient client, string queue) =>
        client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });

    public static async Task<ServiceBusFailureReason> ReasonOf(Func<Task> action) =>
        (await Assert.ThrowsAsync<ServiceBusException>(action)).Reason;
}
