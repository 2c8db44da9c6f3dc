using Atrium.Functions.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>What all loggers print, one after the other.</summary>
sealed class PrintedLog
{
    readonly FakeLogCollector _log = new();

    /// <summary>The clock of what is told of outages.</summary>
    public FakeTimeProvider Time { get; } = new(Some.Time);

    public IReadOnlyList<string> Lines => _log.Lines;

    public ILogger<T> Of<T>() => new FakeLogger<T>(_log);

    public OutageLog Outages() => new(Time, Of<OutageLog>());

    public FailedRequests FailedRequests() => new(Time, Of<FailedRequests>());
}
