namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>One call that waits for messages. All of it is guarded by its link's gate, but for the two tasks.</summary>
internal sealed class ReceiveWaiter(int most)
{
    readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<ServiceBusReceivedMessage> Messages { get; } = [];

    /// <summary>Completes with the first message, or when none will come any more.</summary>
    public Task First => _first.Task;

    /// <summary>Completes with the last message that there is room for, or when none will come any more.</summary>
    public Task Full => _full.Task;

    /// <summary>It wants no more, but takes what is under way until the service has taken the credit back.</summary>
    public bool Leaves { get; set; }

    public int Wants => Leaves ? 0 : most - Messages.Count;

    public bool IsFull => Messages.Count == most;

    public void Add(ServiceBusReceivedMessage message)
    {
        Messages.Add(message);
        _first.TrySetResult();
        if (IsFull) _full.TrySetResult();
    }

    public void End()
    {
        _first.TrySetResult();
        _full.TrySetResult();
    }
}
