namespace Atrium.Local.Emulators.ServiceBus.Queues;

/// <summary>
/// Finds a queue's messages by number, lock, turn and due time. To change a message: take it out, change it, put it
/// back.
/// </summary>
internal sealed class MessageIndex
{
    static readonly Comparer<QueuedMessage> ByNumber = Comparer<QueuedMessage>.Create(
        (a, b) => a.SequenceNumber.CompareTo(b.SequenceNumber));

    readonly SortedSet<QueuedMessage> _all = new(ByNumber);
    readonly SortedSet<QueuedMessage> _ready = new(ByNumber);
    readonly SortedSet<QueuedMessage> _due = new(Comparer<QueuedMessage>.Create((a, b) =>
        a.DueAt.CompareTo(b.DueAt) is var order && order != 0 ? order : a.SequenceNumber.CompareTo(b.SequenceNumber)));

    readonly Dictionary<Guid, QueuedMessage> _locked = [];

    public int Count => _all.Count;

    /// <summary>The bytes of all messages.</summary>
    public long Bytes { get; private set; }

    public bool HasReady => _ready.Count > 0;

    public QueuedMessage? FirstReady => _ready.Min;

    public QueuedMessage? FirstReadyIn(int partition) => _ready
        .GetViewBetween(Probe(SequenceNumbers.Start(partition)), Probe(SequenceNumbers.Start(partition + 1) - 1)).Min;

    public QueuedMessage? FirstDue => _due.Min;

    public IEnumerable<QueuedMessage> Locked() => _locked.Values;

    public QueuedMessage? Locked(Guid token) => _locked.GetValueOrDefault(token);

    public QueuedMessage? Find(long sequenceNumber) =>
        _all.TryGetValue(Probe(sequenceNumber), out var found) ? found : null;

    public IEnumerable<QueuedMessage> From(long sequenceNumber) =>
        _all.Max is { } last && last.SequenceNumber >= sequenceNumber
            ? _all.GetViewBetween(Probe(sequenceNumber), last)
            : [];

    public void Add(QueuedMessage message)
    {
        _all.Add(message);
        Bytes += message.Bytes;
        if (message.IsLocked)
        {
            _locked.Add(message.LockToken, message);
        }
        else if (message.State == MessageState.Active)
        {
            _ready.Add(message);
        }

        message.DueAt = NextLook(message);
        if (message.DueAt < BrokerTime.Never)
        {
            _due.Add(message);
        }
    }

    public void Remove(QueuedMessage message)
    {
        Bytes -= _all.Remove(message) ? message.Bytes : 0;
        _ready.Remove(message);
        _due.Remove(message);
        _locked.Remove(message.LockToken);
    }

    // A message in its holder's hands does not expire, and one set aside does not either.
    static BrokerTime NextLook(QueuedMessage message) => message switch
    {
        { IsLocked: true } => message.LockedUntil,
        { State: MessageState.Scheduled } => message.ActivatesAt,
        { State: MessageState.Active } => message.ExpiresAt,
        _ => BrokerTime.Never,
    };

    static QueuedMessage Probe(long sequenceNumber) => new(0) { SequenceNumber = sequenceNumber };
}
