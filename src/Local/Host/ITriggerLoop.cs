namespace Atrium.Local.Host;

/// <summary>What keeps a function running that is not called by HTTP.</summary>
internal interface ITriggerLoop : IAsyncDisposable
{
    /// <summary>The function's line in the list printed at start.</summary>
    string Listing { get; }

    /// <summary>Gets ready to start. The worker runs.</summary>
    /// <exception cref="HostStartException">A setting that it needs is missing or wrong.</exception>
    void Open();

    Task StartAsync();

    /// <summary>Starts nothing new, and waits for what is running.</summary>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    Task StopAsync(CancellationToken giveUp);
}
