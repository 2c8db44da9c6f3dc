using Microsoft.Extensions.Hosting;

namespace Atrium.Local.Emulators;

/// <summary>
/// Keeps a web host's hands off Ctrl-C. Its own lifetime would catch the signal and close the server at once, while
/// the app that uses it still drains.
/// </summary>
internal sealed class NoSignals : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
