using System.Diagnostics.Metrics;
using Atrium.Local.Emulators.ServiceBus;

namespace Atrium.Metering;

/// <summary>Hears what one Service Bus emulator in this process counts, and nothing of the others.</summary>
internal sealed class OperationListener : IDisposable
{
    readonly MeterListener _listener = new();

    public const string Operations = "servicebus.emulator.operations";
    public const string Credits = "servicebus.emulator.credits";

    /// <param name="port">The emulator's.</param>
    /// <param name="heard">Is given operation, entity and count, by the emulator's own thread: one call for each
    /// message, one after the other.</param>
    /// <param name="counter">Which of the two to hear.</param>
    public OperationListener(int port, Action<string, string, long> heard, string counter = Operations)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ServiceBusEmulator.MeterName && instrument.Name == counter
                && instrument.Meter.Tags!.Contains(new("server.port", port)))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(
            (_, count, tags, _) => heard((string)tags[0].Value!, (string)tags[1].Value!, count));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();
}
