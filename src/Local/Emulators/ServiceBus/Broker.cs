using Amqp.Framing;
using Atrium.Local.Emulators.ServiceBus.Queues;
using Atrium.Local.Emulators.ServiceBus.Storage;
using Atrium.Local.Emulators.ServiceBus.Wire;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Emulators.ServiceBus;

/// <summary>All queues, their store and their clock, behind one commit loop.</summary>
internal sealed partial class Broker : IAsyncDisposable
{
    /// <summary>
    /// No wait is longer, so that a clock that was set, a machine that slept, or a disk that has room again is noticed.
    /// </summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long what is due waits after a commit that failed. Each further failure doubles it: at once, it would fail
    /// again as fast as the disk can refuse it.
    /// </summary>
    static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A commit of so many takes some tens of milliseconds; those who wait for it should not wait longer.
    /// </summary>
    const int MaxChanges = 4000;

    /// <summary>
    /// In the order in which they are dispatched: each queue before its dead letters, for whose receivers it may put
    /// something there. Nothing goes the other way.
    /// </summary>
    readonly OrderedDictionary<string, QueueEntity> _entities = new(StringComparer.OrdinalIgnoreCase);

    readonly Journal _journal = new();
    readonly MessageStore _store;
    readonly BrokerClock _clock;
    readonly CreditBudget _credits;
    readonly CommitLoop _loop;
    readonly ITimer _timer;
    readonly ILogger _logger;
    BrokerTime _armedFor = BrokerTime.Never;
    TimeSpan _pause = TimeSpan.Zero;
    long _lastMessageId;
    bool _keepsClock;

    public Broker(
        IReadOnlyList<QueueSettings> queues, MessageStore store, OperationMeter operations, LoadLimits limits,
        double clockSpeed, TimeProvider time, ILogger logger)
    {
        _store = store;
        Operations = operations;
        Limits = limits;
        _credits = new CreditBudget(limits.CreditsPerSecond);
        _logger = logger;
        _clock = new BrokerClock(time, clockSpeed, store.LastClock());
        foreach (var settings in queues)
        {
            var (live, dead) = States(settings);
            _entities.Add(settings.Name, new QueueEntity(settings.Name) { State = live });
            _entities.Add(
                dead.Settings.Name,
                new QueueEntity(dead.Settings.Name) { State = dead, DeadLetterSource = settings.Name });
        }

        Load(_journal.LocksBefore([]));
        _loop = new CommitLoop(Finish, Recover, () => _journal.Changes.Count >= MaxChanges, time, logger);
        _timer = time.CreateTimer(_ => _loop.Post(CatchUp), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Fails when the broker can no longer work.</summary>
    public Task Ended => _loop.Ended;

    public BrokerClock Clock => _clock;

    public OperationMeter Operations { get; }

    public LoadLimits Limits { get; }

    /// <summary>Whether a link's end takes what it brought from whoever holds it.</summary>
    public bool LocksEndWithLink { get; init; }

    public void Start()
    {
        _loop.Start();
        _loop.Post(CatchUp);
    }

    public QueueEntity? Find(string name) => _entities.GetValueOrDefault(name);

    /// <summary>Has the loop do something to the queues.</summary>
    /// <inheritdoc cref="CommitLoop.Post"/>
    public void Post(Action<Moment> command, Action<bool>? answer = null) =>
        _loop.Post(() => command(_clock.Now()), answer);

    /// <inheritdoc cref="CommitLoop.Afterwards"/>
    public void Afterwards(Action<bool> action) => _loop.Afterwards(action);

    /// <summary>For commands only: whether what costs credits is to be refused, or has to wait.</summary>
    public bool IsThrottled(Moment now) => _credits.IsSpent(now.Broker);

    /// <summary>For commands only: takes the credits of an operation that is counted later.</summary>
    public void Spend(string operation, int messages = 1) => _credits.Spend(OperationCredits.Of(operation, messages));

    /// <summary>For commands only: takes an operation's credits, and counts it when the group is on disk.</summary>
    public void Count(string operation, QueueEntity entity, int bytes = 0, int messages = 1)
    {
        Spend(operation, messages);
        Afterwards(done =>
        {
            if (done)
            {
                Operations.Add(operation, entity, bytes, messages);
            }
        });
    }

    public Enqueued Enqueue(QueueEntity entity, Arrival arrival, Moment now) =>
        entity.State.Enqueue(++_lastMessageId, arrival, now);

    /// <summary>For commands only: settles the message that a lock holds, and counts it.</summary>
    /// <returns>What keeps it from being settled; null when nothing does.</returns>
    public Error? Settle(QueueEntity entity, Guid token, Settlement settlement, Moment now)
    {
        if (settlement.Changes.Count > 0 && entity.State.Locks(token, now) is { } message
            && MessageLimits.Fault(ApplicationPropertySection.Merge(Content(message), settlement.Changes)) is { } fault)
        {
            return fault;
        }

        var result = entity.State.Settle(token, settlement, now);
        if (result == SettlementResult.Settled)
        {
            Count(settlement.Name, entity);
        }

        return Outcomes.Fault(result);
    }

    /// <summary>The encoded message as it will be after the commit.</summary>
    public byte[] Content(QueuedMessage message) =>
        _journal.PropertiesSetOn(message).Aggregate(_store.Content(message), ApplicationPropertySection.Merge);

    /// <summary>Does what was asked before, and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        _loop.Post(() => _keepsClock = true);
        _loop.Stop();
        await _loop.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _timer.DisposeAsync();
        _store.Dispose();
        Operations.Dispose();
    }

    void CatchUp()
    {
        _armedFor = BrokerTime.Never;
        var now = _clock.Now();
        foreach (var entity in _entities.Values)
        {
            entity.State.CatchUp(now);
        }
    }

    void Finish()
    {
        var now = _clock.Now();
        foreach (var entity in _entities.Values)
        {
            entity.Dispatch(this, now);
        }

        // The last group keeps the clock even if it changed nothing.
        if (!_journal.IsEmpty || _keepsClock)
        {
            _store.Commit(_journal, _clock.Anchor);
            LogDeadLetters();
            _pause = TimeSpan.Zero;
        }

        _journal.Clear();
        Arm();
    }

    void Arm()
    {
        var now = _clock.Now();
        var due = IsThrottled(now) ? _credits.NextRefill : BrokerTime.Never;
        foreach (var entity in _entities.Values)
        {
            due = entity.State.NextDue < due ? entity.State.NextDue : due;
        }

        if (due == _armedFor)
        {
            return;
        }

        _armedFor = due;
        var wait = due <= now.Broker ? _pause : _clock.RealWait(due, now);
        // Rounded up: a timer that fires a fraction early would find nothing due.
        _timer.Change(
            due == BrokerTime.Never
            ? Timeout.InfiniteTimeSpan
            : TimeSpan.FromMilliseconds(Math.Ceiling(Shorter(wait, LongestWait).TotalMilliseconds)),
            Timeout.InfiniteTimeSpan);
    }

    // Who holds a lock has it from a group that was committed, and goes on with it.
    void Recover()
    {
        var locks = _journal.LocksBefore(_entities.Values.SelectMany(e => e.State.Locked));
        _journal.Clear();
        foreach (var entity in _entities.Values.Where(e => e.DeadLetterSource is not null))
        {
            var source = _entities[entity.DeadLetterSource!];
            (source.State, entity.State) = States(source.State.Settings);
        }

        Load(locks);
        _pause = _pause == TimeSpan.Zero ? FirstPause : Shorter(_pause * 2, LongestWait);
        _armedFor = BrokerTime.Never;
        _timer.Change(_pause, Timeout.InfiniteTimeSpan);
    }

    (QueueState Live, QueueState Dead) States(QueueSettings settings)
    {
        var dead = new QueueState(settings.DeadLetter, _journal, null);
        return (new QueueState(settings, _journal, dead), dead);
    }

    // A lock of an earlier process is nobody's, and has run out: what it held is counted as any delivery that was lost.
    void Load(IReadOnlyDictionary<long, MessageLock> locks)
    {
        var stored = _store.Load(_entities.Keys);
        _lastMessageId = stored.LastMessageId;
        var now = _clock.Now();
        foreach (var (name, queue) in stored.Queues)
        {
            var state = _entities[name].State;
            queue.LastSequenceNumbers.ForEach(state.RestoreSequence);
            queue.Messages.ForEach(m =>
            {
                (m.LockToken, m.LockedUntil) = locks.TryGetValue(m.Id, out var held) ? held
                    : stored.Locked.Contains(m.Id) ? new MessageLock(Guid.NewGuid(), now.Broker)
                    : default;
                state.Restore(m);
            });
            queue.Ids.ForEach(i => state.RestoreId(i.Id, i.At));
        }

        Log.Loaded(_logger, stored.Queues.Values.Sum(q => q.Messages.Count));
    }

    void LogDeadLetters()
    {
        if (_logger.IsEnabled(LogLevel.Debug))
        {
            foreach (var change in _journal.Changes.OfType<Change.PropertiesSet>()
                .Where(c => c.Properties.ContainsKey(PropertyChanges.Reason)))
            {
                Log.DeadLettered(_logger, change.Message.SequenceNumber, change.Properties[PropertyChanges.Reason]);
            }
        }
    }

    static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Count} messages are in the queues")]
        public static partial void Loaded(ILogger logger, int count);

        [LoggerMessage(2, LogLevel.Debug, "Message {SequenceNumber} is dead-lettered: {Reason}")]
        public static partial void DeadLettered(ILogger logger, long sequenceNumber, object? reason);
    }
}
