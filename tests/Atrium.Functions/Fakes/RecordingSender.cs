using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>Keeps what is sent; throws first what it is told to.</summary>
sealed class RecordingSender(Journal? journal = null) : ServiceBusSender
{
    readonly List<ServiceBusMessage> _sent = [];
    readonly Queue<(Exception Fault, bool Sent)> _faults = [];

    public IReadOnlyList<ServiceBusMessage> Sent => _sent;

    /// <summary>How many messages each batch had.</summary>
    public List<int> Batches { get; } = [];

    /// <summary>What becomes of each message beyond being kept.</summary>
    public Action<ServiceBusMessage> Forward { get; set; } = _ => { };

    public int MostInBatch { get; set; } = int.MaxValue;

    /// <summary>How often something was to be sent, successfully or not.</summary>
    public int Tries { get; private set; }

    /// <summary>The next sends fail, one after the other.</summary>
    public void FailWith(params Exception[] faults) => Array.ForEach(faults, fault => _faults.Enqueue((fault, false)));

    /// <summary>The next sends succeed, and fail all the same: their answers are lost.</summary>
    public void LoseAnswersWith(params Exception[] faults) =>
        Array.ForEach(faults, fault => _faults.Enqueue((fault, true)));

    public override Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default) =>
        Try(() => Keep(message), cancellationToken);

    public override Task CloseAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public override ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(
        CancellationToken cancellationToken = default)
    {
        var held = new List<ServiceBusMessage>();
        var batch = ServiceBusModelFactory.ServiceBusMessageBatch(
            0, held, tryAddCallback: _ => held.Count < MostInBatch);
        _open[batch] = held;
        return ValueTask.FromResult(batch);
    }

    public override Task SendMessagesAsync(
        ServiceBusMessageBatch messageBatch, CancellationToken cancellationToken = default) => Try(
        () =>
        {
            Batches.Add(messageBatch.Count);
            _open[messageBatch].ForEach(Keep);
        },
        cancellationToken);

    readonly Dictionary<ServiceBusMessageBatch, List<ServiceBusMessage>> _open = [];

    Task Try(Action send, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        Tries++;
        var fails = _faults.TryDequeue(out var next);
        if (!fails || next.Sent)
        {
            send();
        }

        // Who gave up meanwhile does not learn that it was sent.
        return fails ? Task.FromException(next.Fault)
            : cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken)
            : Task.CompletedTask;
    }

    void Keep(ServiceBusMessage message)
    {
        journal?.Add($"send {message.MessageId}");
        _sent.Add(message);
        Forward(message);
    }
}
