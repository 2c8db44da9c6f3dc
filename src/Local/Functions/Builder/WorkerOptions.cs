namespace Microsoft.Azure.Functions.Worker;

/// <summary>What an app decides about its worker.</summary>
public class WorkerOptions
{
    /// <summary>What the worker tells the host of itself when it starts. Here nobody asks: host and worker are one process.</summary>
    public IDictionary<string, string> Capabilities { get; } = new Dictionary<string, string>();
}
