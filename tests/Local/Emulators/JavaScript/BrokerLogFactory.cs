using Microsoft.Extensions.Logging;

namespace Atrium.Local.Emulators.Tests.JavaScript;

/// <summary>One log for all categories.</summary>
internal sealed class BrokerLogFactory(BrokerLog log) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => log;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
