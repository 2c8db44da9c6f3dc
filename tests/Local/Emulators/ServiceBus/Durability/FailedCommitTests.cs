using Atrium.Local.Emulators.ServiceBus;
using Atrium.Local.Emulators.ServiceBus.Queues;
using Atrium.Local.Emulators.ServiceBus.Storage;
using Atrium.Local.Emulators.ServiceBus.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Durability;

public sealed class FailedCommitTests : IAsyncDisposable
{
    readonly StateFolder _folder = new();
    readonly Broker _broker;
    readonly QueueEntity _queue;

    public FailedCommitTests()
    {
        _broker = new Broker([new QueueSettings("deliveries")], new MessageStore(_folder.DatabaseFile), 1, TimeProvider.System, NullLogger.Instance);
        _queue = _broker.Find("deliveries")!;
        _broker.Start();
    }

    [Fact]
    public async Task A_group_that_fails_is_undone_as_a_whole_and_its_clients_are_told()
    {
        Assert.True(await SendAsync("kept", fail: false));

        Assert.False(await SendAsync("lost", fail: true));
        Assert.True(await SendAsync("next", fail: false));

        Assert.Equal([1L, 2L], await AskAsync(now => _queue.State.Peek(0, now).Select(m => m.SequenceNumber).ToList()));
    }

    [Fact]
    public async Task What_was_on_disk_before_can_be_received_afterwards()
    {
        await SendAsync("kept", fail: false);
        await SendAsync("lost", fail: true);

        var content = await AskAsync(now => _broker.Content(_queue.State.TakeNext(locking: true, now)!));

        Assert.Equal("kept", Amqp.Message.Decode(AmqpBytes.Buffer(content)).Properties.MessageId);
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _folder.Dispose();
    }

    Task<bool> SendAsync(string messageId, bool fail)
    {
        var told = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _broker.Post(now =>
        {
            _broker.Enqueue(_queue, IncomingMessage.Parse(AmqpBytes.Span(AmqpPeer.Text("body", messageId).Encode()).ToArray()), now);
            _broker.Afterwards(told.SetResult);
            if (fail)
            {
                throw new IOException("The disk is full.");
            }
        });
        return told.Task;
    }

    Task<T> AskAsync<T>(Func<Moment, T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _broker.Post(now => answer.SetResult(question(now)));
        return answer.Task;
    }
}
