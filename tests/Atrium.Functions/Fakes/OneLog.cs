using Microsoft.Extensions.Logging;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>Gives everybody the same log.</summary>
sealed class OneLog(ILogger log) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => log;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Everybody has the one log.");

    public void Dispose()
    {
    }
}
