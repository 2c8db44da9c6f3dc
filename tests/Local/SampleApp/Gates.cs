using System.Collections.Concurrent;

namespace Atrium.Local.SampleApp;

/// <summary>Where functions wait until a test lets them go on, each gate by its name.</summary>
internal sealed class Gates
{
    readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();

    /// <summary>Ends when the gate is open.</summary>
    public Task PassAsync(string name) => Gate(name).Task;

    /// <summary>Lets pass who waits, and who comes later.</summary>
    public void Open(string name) => Gate(name).TrySetResult();

    TaskCompletionSource Gate(string name) =>
        _gates.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
