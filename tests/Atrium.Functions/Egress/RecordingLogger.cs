using Microsoft.Extensions.Logging;

namespace Atrium.Functions.Tests.Egress;

sealed class RecordingLogger<T> : ILogger<T>
{
    readonly List<string> lines = [];

    public IReadOnlyList<string> Lines => lines;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        lines.Add($"{logLevel}: {formatter(state, exception)}");
}
