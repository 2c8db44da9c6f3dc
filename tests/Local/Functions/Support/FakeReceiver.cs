using System.Collections.Concurrent;
using System.Reflection;
using System.Threading.Channels;
using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Functions.Tests.Support;

/// <summary>A queue in memory that records what is done to its messages.</summary>
sealed class FakeReceiver(TimeProvider time) : ServiceBusReceiver
{
    static readonly PropertyInfo s_lockedUntil = typeof(ServiceBusReceivedMessage).GetProperty(nameof(ServiceBusReceivedMessage.LockedUntil))!;

    readonly Channel<Func<ServiceBusReceivedMessage>> _next = Channel.CreateUnbounded<Func<ServiceBusReceivedMessage>>();
    readonly TaskCompletionSource _pulling = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Channel<string> _told = Channel.CreateUnbounded<string>();

    public TimeSpan LockDuration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Thrown by every settlement and renewal while it is set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>A message that comes just as the receiving is cancelled.</summary>
    public string? ArrivesAtTheEnd { get; set; }

    public ConcurrentQueue<string> Settled { get; } = new();

    public ConcurrentQueue<int> Asked { get; } = new();

    /// <summary>Ends with the first pull.</summary>
    public Task Pulling => _pulling.Task;

    public bool Closed { get; private set; }

    public override string EntityPath => "visits";

    public void Send(string id, params (string Name, object Value)[] properties) => _next.Writer.TryWrite(() => Message(id, properties));

    public void Fail(Exception failure) => _next.Writer.TryWrite(() => throw failure);

    /// <summary>Waits for the next thing that was done to a message: "complete a", "renew a".</summary>
    public Task<string> ToldAsync() => _told.Reader.ReadAsync().AsTask().Soon();

    public ServiceBusReceivedMessage Message(string id, params (string Name, object Value)[] properties) => ServiceBusModelFactory.ServiceBusReceivedMessage(
        body: BinaryData.FromString($"body of {id}"),
        messageId: id,
        properties: properties.ToDictionary(p => p.Name, p => p.Value),
        lockTokenGuid: Guid.NewGuid(),
        deliveryCount: 1,
        lockedUntil: time.GetUtcNow() + LockDuration);

    public override async Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveMessagesAsync(int maxMessages, TimeSpan? maxWaitTime = null, CancellationToken cancellationToken = default)
    {
        Asked.Enqueue(maxMessages);
        _pulling.TrySetResult();
        List<ServiceBusReceivedMessage> messages;
        try
        {
            messages = [(await _next.Reader.ReadAsync(cancellationToken))()];
        }
        catch (OperationCanceledException) when (ArrivesAtTheEnd is { } late)
        {
            return [Message(late)];
        }

        while (messages.Count < maxMessages && _next.Reader.TryRead(out var next))
        {
            messages.Add(next());
        }

        return messages;
    }

    public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) => SettleAsync("complete", message);

    public override Task AbandonMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        SettleAsync("abandon", message, propertiesToModify);

    public override Task DeferMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        SettleAsync("defer", message, propertiesToModify);

    public override Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        IDictionary<string, object>? propertiesToModify,
        string? deadLetterReason,
        string? deadLetterErrorDescription = null,
        CancellationToken cancellationToken = default) => SettleAsync($"dead-letter ({deadLetterReason}: {deadLetterErrorDescription})", message, propertiesToModify);

    public override Task RenewMessageLockAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
    {
        Throw();
        s_lockedUntil.SetValue(message, time.GetUtcNow() + LockDuration);
        _told.Writer.TryWrite($"renew {message.MessageId}");
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        Closed = true;
        return base.DisposeAsync();
    }

    Task SettleAsync(string how, ServiceBusReceivedMessage message, IDictionary<string, object>? properties = null)
    {
        Throw();
        var what = $"{how} {message.MessageId}{string.Concat((properties ?? new Dictionary<string, object>()).Select(p => $" {p.Key}={p.Value}"))}";
        Settled.Enqueue(what);
        _told.Writer.TryWrite(what);
        return Task.CompletedTask;
    }

    void Throw()
    {
        if (Failure is { } failure)
        {
            throw failure;
        }
    }
}
