using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Functions.Tests.Support;

/// <summary>What was logged, and a way to wait for it.</summary>
sealed class CollectedLogs : ILoggerProvider, ILogger
{
    readonly ConcurrentQueue<string> _lines = new();
    readonly SemaphoreSlim _added = new(0);

    public IReadOnlyList<string> Lines => [.. _lines];

    public async Task<string> WaitForAsync(string part)
    {
        while (true)
        {
            if (_lines.FirstOrDefault(line => line.Contains(part, StringComparison.Ordinal)) is { } line)
            {
                return line;
            }

            await _added.WaitAsync().WaitAsync(Patience.Limit);
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");
        _added.Release();
    }

    public void Dispose()
    {
    }
}
