using System.Threading.Channels;
using Atrium.Local.Host.Worker;
using Atrium.Local.Host.Worker.Messages;
using Grpc.Core;

namespace Atrium.Local.Host.Tests.Worker;

public sealed class WorkerChannelTests
{
    [Fact]
    public async Task A_line_that_cannot_be_shown_does_not_end_the_conversation()
    {
        var worker = new TalkativeWorker();
        var channel = new WorkerChannel(_ => throw new IOException("No space left on device"));
        var running = channel.RunAsync(worker, worker, CancellationToken.None);

        var answer = await channel.AskAsync(new() { WorkerInitRequest = new() }).Soon();

        Assert.Equal(StreamingMessage.ContentOneofCase.WorkerInitResponse, answer.ContentCase);
        Assert.False(channel.Closed.IsCompleted);
        worker.End();
        await running.Soon();
        Assert.True(channel.Closed.IsCompleted);
    }

    [Fact]
    public async Task Who_asks_is_told_when_the_question_has_gone_out()
    {
        var (gone, told) = (new TaskCompletionSource(), new TaskCompletionSource());
        var worker = new TalkativeWorker { Writing = gone.Task };
        var channel = new WorkerChannel(_ => { });
        var running = channel.RunAsync(worker, worker, CancellationToken.None);

        var answer = channel.AskAsync(new() { WorkerInitRequest = new() }, told.SetResult);

        Assert.False(told.Task.IsCompleted);
        gone.SetResult();
        await told.Task.Soon();
        await answer.Soon();
        worker.End();
        await running.Soon();
    }

    /// <summary>Says a line before each answer.</summary>
    sealed class TalkativeWorker : IAsyncStreamReader<StreamingMessage>, IServerStreamWriter<StreamingMessage>
    {
        readonly Channel<StreamingMessage> _said = Channel.CreateUnbounded<StreamingMessage>();

        public StreamingMessage Current { get; private set; } = new();

        public WriteOptions? WriteOptions { get; set; }

        /// <summary>Until then, a question is on its way.</summary>
        public Task Writing { get; init; } = Task.CompletedTask;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            var more = await _said.Reader.WaitToReadAsync(cancellationToken);
            Current = more ? await _said.Reader.ReadAsync(cancellationToken) : Current;
            return more;
        }

        public async Task WriteAsync(StreamingMessage message)
        {
            await Writing;
            await _said.Writer.WriteAsync(new() { RpcLog = new() { Message = "Asked" } });
            await _said.Writer.WriteAsync(new() { RequestId = message.RequestId, WorkerInitResponse = new() });
        }

        public void End() => _said.Writer.Complete();
    }
}
