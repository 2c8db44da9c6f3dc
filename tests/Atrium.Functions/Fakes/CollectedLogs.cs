using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>Keeps what is logged, by whom.</summary>
sealed class CollectedLogs : ILoggerProvider
{
    readonly ConcurrentDictionary<string, PrintedLog> _logs = new();

    /// <summary>What all have logged, one after the other; each in its order.</summary>
    public IReadOnlyList<string> Lines => [.. _logs.Values.SelectMany(log => log.Lines)];

    public ILogger CreateLogger(string categoryName) => _logs.GetOrAdd(categoryName, _ => new());

    public IReadOnlyList<string> Of<T>() =>
        _logs.TryGetValue(typeof(T).FullName!, out var log) ? log.Lines : [];

    public void Dispose()
    {
    }
}
