namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>What keeps a function running that is not called by HTTP.</summary>
internal interface ITriggerLoop : IAsyncDisposable
{
    /// <summary>The function's line in the list printed at start.</summary>
    string Listing { get; }

    /// <summary>Gets ready to start. Everything that the app itself starts has been started.</summary>
    /// <exception cref="HostStartException">A setting that it needs is missing or wrong.</exception>
    void Open();

    void Start();

    /// <summary>Starts nothing new, and waits for what is running.</summary>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    Task StopAsync(CancellationToken giveUp);
}
