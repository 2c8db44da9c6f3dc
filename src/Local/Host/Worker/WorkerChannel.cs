using System.Collections.Concurrent;
using System.Threading.Channels;
using Atrium.Local.Host.Worker.Messages;
using Grpc.Core;

namespace Atrium.Local.Host.Worker;

/// <summary>
/// The conversation with one worker, from its first message until its stream ends. Each question has an id, which its
/// answer repeats.
/// </summary>
internal sealed class WorkerChannel(Action<RpcLog> onLog)
{
    readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _asked = new();
    readonly Channel<(StreamingMessage Message, Action? OnSent)> _outgoing =
        Channel.CreateUnbounded<(StreamingMessage, Action?)>(new() { SingleReader = true });
    readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile bool _ended;

    /// <summary>Ends when the worker has called.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Ends when no more can be said.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Talks until either side ends the stream. Questions without an answer fail then.</summary>
    public async Task RunAsync(
        IAsyncStreamReader<StreamingMessage> incoming, IServerStreamWriter<StreamingMessage> outgoing,
        CancellationToken cancellationToken)
    {
        var writing = WriteAsync(outgoing, cancellationToken);
        _opened.TrySetResult();
        try
        {
            while (await incoming.MoveNext(cancellationToken))
            {
                Hear(incoming.Current);
            }
        }
        catch (Exception broken) when (
            broken is IOException or OperationCanceledException or Grpc.Core.RpcException or InvalidOperationException)
        {
            // The worker has died, or the host closes the stream.
        }
        finally
        {
            End();
        }

        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>No more is said, and nothing asked will be answered: the worker has died, or was never heard.</summary>
    public void End()
    {
        _ended = true;
        _closed.TrySetResult();
        _outgoing.Writer.TryComplete();
        _opened.TrySetException(new WorkerLostException());
        // Who asks for it may have gone already.
        _ = _opened.Task.Exception;
        foreach (var (id, _) in _asked)
        {
            if (_asked.TryRemove(id, out var answer))
            {
                answer.TrySetException(new WorkerLostException());
            }
        }
    }

    public void Tell(StreamingMessage message) => _outgoing.Writer.TryWrite((message, null));

    /// <summary>Has the question on its way when it returns; its task ends with the answer.</summary>
    /// <param name="question">The question.</param>
    /// <param name="onSent">Called when it has gone out, unless the stream ends before.</param>
    /// <exception cref="WorkerLostException">The stream has ended, or ends before the answer.</exception>
    public async Task<StreamingMessage> AskAsync(StreamingMessage question, Action? onSent = null)
    {
        question.RequestId = Guid.NewGuid().ToString();
        var answer = new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[question.RequestId] = answer;
        if (!_outgoing.Writer.TryWrite((question, onSent)) || _ended)
        {
            _asked.TryRemove(question.RequestId, out _);
            throw new WorkerLostException();
        }

        return await answer.Task;
    }

    void Hear(StreamingMessage message)
    {
        if (message.ContentCase == StreamingMessage.ContentOneofCase.RpcLog)
        {
            Show(message.RpcLog);
        }
        else if (_asked.TryRemove(message.RequestId, out var answer))
        {
            answer.TrySetResult(message);
        }
    }

    // Only the stream says whether the worker lives: a line that cannot be shown is no reason to give up what it does.
    void Show(RpcLog line)
    {
        try
        {
            onLog(line);
        }
        catch (Exception)
        {
            // It would have been shown where this could be told.
        }
    }

    async Task WriteAsync(IServerStreamWriter<StreamingMessage> outgoing, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var (message, onSent) in _outgoing.Reader.ReadAllAsync(cancellationToken))
            {
                await outgoing.WriteAsync(message, cancellationToken);
                onSent?.Invoke();
            }
        }
        finally
        {
            // Who cannot be told anything will not be heard either.
            End();
        }
    }
}

/// <summary>The worker has gone, and with it whatever it was doing.</summary>
internal sealed class WorkerLostException() : Exception("The worker process has ended before it answered.");
