using Microsoft.Extensions.Logging;

namespace Atrium.Local.Emulators.KeyVault;

/// <summary>Lets the web server write to the log of the app around it, by filters of its own.</summary>
internal sealed class ForwardedLog(ILoggerFactory target) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => target.CreateLogger(categoryName);

    public void Dispose()
    {
        // The target belongs to whoever made it.
    }
}
