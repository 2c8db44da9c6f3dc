using Microsoft.Extensions.Logging;

namespace Atrium.Local.Emulators.Tests.Azurite;

/// <summary>A log in which a test can await a line.</summary>
sealed class AwaitableLog(string fragment) : ILoggerFactory, ILogger
{
    readonly TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Written => written.Task;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (formatter(state, exception).Contains(fragment, StringComparison.Ordinal))
        {
            written.TrySetResult();
        }
    }

    public void Dispose()
    {
    }
}
