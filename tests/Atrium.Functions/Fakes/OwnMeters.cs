using System.Diagnostics.Metrics;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>
/// Makes meters that bear its mark, so that tests that run at the same time do not read one another's.
/// </summary>
sealed class OwnMeters : IMeterFactory
{
    readonly List<Meter> _meters = [];

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    public void Dispose() => _meters.ForEach(meter => meter.Dispose());
}
