using System.Diagnostics.CodeAnalysis;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>Something that is opened when it is first needed, shared, and opened anew after it broke.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer: cancelling it leaves nothing to dispose of.")]
internal sealed class Slot<T>(Func<CancellationToken, Task<T>> open, Func<T, bool> isOpen, Func<T, Task> close, Type owner)
    where T : class
{
    readonly Lock _gate = new();
    readonly CancellationTokenSource _closing = new();
    Task<T>? _current;

    /// <summary>What is open now, or null.</summary>
    public T? Opened => _current is { IsCompletedSuccessfully: true, Result: var current } && isOpen(current) ? current : null;

    /// <summary>A wait that is cancelled does not end the opening: others may wait for it too.</summary>
    public ValueTask<T> GetAsync(CancellationToken cancellationToken)
    {
        if (Opened is { } opened && !_closing.IsCancellationRequested) return ValueTask.FromResult(opened);
        Task<T> current;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, owner);
            if (_current is null || (_current.IsCompleted && Opened is null)) _current = Task.Run(() => open(_closing.Token), CancellationToken.None);
            current = _current;
        }

        return new ValueTask<T>(current.WaitAsync(cancellationToken));
    }

    public async Task CloseAsync()
    {
        Task<T>? current;
        lock (_gate)
        {
            if (_closing.IsCancellationRequested) return;
            current = _current;
            _closing.Cancel();
        }

        if (current is null) return;
        await ((Task)current).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (current.IsCompletedSuccessfully) await close(current.Result).ConfigureAwait(false);
    }
}
