using Atrium.Functions.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>What all loggers print, exceptions and their stacks included.</summary>
sealed class PrintedLog : ILogger
{
    readonly Lock _gate = new();
    readonly List<string> _lines = [];

    /// <summary>The clock of what is told of outages.</summary>
    public FakeTimeProvider Time { get; } = new(Some.Time);

    /// <summary>As a console shows it.</summary>
    public string Text => string.Concat(Lines.Select(line => $"{line}\n"));

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    public ILogger<T> Of<T>() => new Named<T>(this);

    public OutageLog Outages() => new(Time, Of<OutageLog>());

    public FailedRequests FailedRequests() => new(Time, Of<FailedRequests>());

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel level) => true;

    public void Log<TState>(
        LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate)
        {
            _lines.Add($"{formatter(state, exception)} {exception}".TrimEnd());
        }
    }

    sealed class Named<T>(ILogger log) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel level) => true;

        public void Log<TState>(
            LogLevel level, EventId id, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            log.Log(level, id, state, exception, formatter);
    }
}
