using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Emulators.ServiceBus;

/// <summary>
/// The one thread that changes queues and writes to disk. It takes all commands that are waiting, lets them change the
/// state, commits once for all, and only then tells the clients. While it commits the next group gathers, so the groups
/// are as large as the load makes them.
/// </summary>
/// <param name="finish">Completes the group's changes: gives messages to waiting receivers, and commits.</param>
/// <param name="recover">After a failure: takes the state from disk again.</param>
/// <param name="isFull">Whether the group has enough to commit.</param>
/// <param name="time">The clock by which failures are told.</param>
/// <param name="logger">Where failures are told.</param>
internal sealed partial class CommitLoop(
    Action finish, Action recover, Func<bool> isFull, TimeProvider time, ILogger logger)
{
    /// <summary>Bounds how long the first command of a group waits for its commit.</summary>
    const int MaxCommands = 512;

    // Continuations only wake the thread: from the pool, they would come late while it is busy.
    readonly Channel<(Action Command, Action<bool>? Answer)> _commands =
        Channel.CreateUnbounded<(Action, Action<bool>?)>(
            new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });
    readonly List<Action<bool>> _afterwards = [];

    // On a full disk each group fails.
    readonly OnceAMinute _failures = new(time);
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the loop was stopped; fails when the state could not be taken from disk again.</summary>
    public Task Ended => _ended.Task;

    public void Start() => new Thread(Run) { IsBackground = true, Name = "Service Bus emulator" }.Start();

    /// <summary>Has a command run by the loop. After <see cref="Stop"/> it is dropped.</summary>
    /// <param name="command">Changes the state.</param>
    /// <param name="answer">Called when the group is on disk (true), or was undone (false), be it since this very
    /// command failed.</param>
    public void Post(Action command, Action<bool>? answer = null) => _commands.Writer.TryWrite((command, answer));

    /// <summary>For commands only: called as their answers are.</summary>
    public void Afterwards(Action<bool> action) => _afterwards.Add(action);

    /// <summary>Lets the commands that wait be done, and no others.</summary>
    public void Stop() => _commands.Writer.TryComplete();

    void Run()
    {
        try
        {
            while (_commands.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                var done = TryGroup();
                if (!done)
                {
                    recover();
                }

                Tell(done);
            }

            _ended.TrySetResult();
        }
        catch (Exception e)
        {
            Log.Broken(logger, e);
            _commands.Writer.TryComplete();
            _ended.TrySetException(e);
        }
    }

    // Any failure undoes the whole group: memory and disk then differ, and the disk is right.
    bool TryGroup()
    {
        try
        {
            for (var i = 0; i < MaxCommands && !isFull() && _commands.Reader.TryRead(out var next); i++)
            {
                try
                {
                    next.Command();
                }
                finally
                {
                    // One that failed is answered as well, and always after what it counts.
                    if (next.Answer is { } answer)
                    {
                        Afterwards(answer);
                    }
                }
            }

            finish();
            return true;
        }
        catch (Exception e)
        {
            if (_failures.Next() is { } untold)
            {
                Log.GroupUndone(logger, untold, e);
            }

            return false;
        }
    }

    void Tell(bool done)
    {
        foreach (var action in _afterwards)
        {
            try
            {
                action(done);
            }
            catch (Exception e)
            {
                // A connection that ended meanwhile fails in the library in more than one way, and must not keep the
                // others from their answers.
                Log.NotTold(logger, e);
            }
        }

        _afterwards.Clear();
    }

    static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Critical, "The Service Bus emulator cannot go on: its state cannot be read from disk")]
        public static partial void Broken(ILogger logger, Exception exception);

        [LoggerMessage(
            2, LogLevel.Error,
            "The Service Bus emulator could not commit, and {Untold} times more since the last such line; the clients "
            + "concerned are told, and the queues go on from what is on disk")]
        public static partial void GroupUndone(ILogger logger, int untold, Exception exception);

        [LoggerMessage(3, LogLevel.Debug, "A client could not be told; its connection has ended")]
        public static partial void NotTold(ILogger logger, Exception exception);
    }
}
