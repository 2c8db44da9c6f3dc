using System.Diagnostics.Metrics;
using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>The app's metrics with all that they tell.</summary>
sealed class CollectedMetrics : IDisposable
{
    readonly OwnMeters _meters = new();
    readonly MeterListener _listener = new();
    readonly Lock _gate = new();
    readonly List<Measured> _seen = [];

    public CollectedMetrics(TimeProvider? time = null)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == _meters)
            {
                Instruments.Add(instrument);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
        Time = time ?? TimeProvider.System;
        Queues = new QueueMeasures(Time);
        Metrics = new AtriumMetrics(_meters, Queues);
    }

    public AtriumMetrics Metrics { get; }

    /// <summary>The clock by which what was measured is fresh.</summary>
    public TimeProvider Time { get; }

    public QueueMeasures Queues { get; }

    public List<Instrument> Instruments { get; } = [];

    /// <summary>All measurements, those of gauges as they are now.</summary>
    public IReadOnlyList<Measured> All()
    {
        _listener.RecordObservableInstruments();
        lock (_gate)
        {
            return [.. _seen];
        }
    }

    /// <summary>
    /// What was told of an instrument with just these tags, such as <c>outcome=Delivered</c>, in the order of their
    /// names.
    /// </summary>
    public IEnumerable<double> Of(string instrument, params string[] tags) =>
        from measured in All()
        where measured.Instrument == instrument
            && measured.Tags.Select(tag => $"{tag.Key}={tag.Value}").SequenceEqual(tags)
        select measured.Value;

    public void Dispose()
    {
        _listener.Dispose();
        _meters.Dispose();
    }

    void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var kept = new Measured(
            instrument.Name, value, [.. tags.ToArray().OrderBy(tag => tag.Key, StringComparer.Ordinal)]);
        lock (_gate)
        {
            _seen.Add(kept);
        }
    }

    internal sealed record Measured(string Instrument, double Value, IReadOnlyList<KeyValuePair<string, object?>> Tags);
}
