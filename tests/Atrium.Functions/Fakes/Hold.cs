namespace Atrium.Functions.Tests.Fakes;

/// <summary>Holds the first of a table's calls of one name, and all that follow it, until it is released.</summary>
sealed class Hold : IDisposable
{
    readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile bool _letsPass;

    public Hold(FakeTables tables, string call) => tables.Before = name =>
        name == call && !_letsPass ? StopAsync() : Task.CompletedTask;

    /// <summary>Completes when a call is held.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Further calls go through; what is held stays so.</summary>
    public void LetPass() => _letsPass = true;

    public void Release() => _released.TrySetResult();

    public void Dispose() => Release();

    Task StopAsync()
    {
        _reached.TrySetResult();
        return _released.Task;
    }
}
