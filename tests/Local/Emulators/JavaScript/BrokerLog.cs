using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Emulators.Tests.JavaScript;

/// <summary>Keeps what the emulator logs, to be shown when a script fails.</summary>
internal sealed class BrokerLog : ILogger
{
    readonly ConcurrentQueue<string> _lines = [];

    public void Clear() => _lines.Clear();

    public override string ToString() => string.Join(Environment.NewLine, _lines);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");
}
