using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Atrium.Local.Emulators.ServiceBus;

/// <summary>
/// Counts what the service would bill, and the credits by which it would throttle, after each operation. Each emulator
/// has a meter of its own, with its own tag <c>server.port</c>.
/// </summary>
internal sealed class OperationMeter : IDisposable
{
    /// <summary>The service counts a message as one operation for each such piece that it begins.</summary>
    const int PieceBytes = 64 * 1024;

    readonly Meter _meter;
    readonly Counter<long> _operations;
    readonly Counter<long> _credits;

    public OperationMeter(int port)
    {
        _meter = new Meter(new MeterOptions(ServiceBusEmulator.MeterName) { Tags = [new("server.port", port)] });
        _operations = _meter.CreateCounter<long>(
            "servicebus.emulator.operations", "{operation}",
            "Operations that the service would bill, by operation and entity.");
        _credits = _meter.CreateCounter<long>(
            "servicebus.emulator.credits", "{credit}",
            "Credits that the operations cost a namespace of the Standard tier, by operation and entity.");
    }

    /// <param name="operation">Its name, as a tag.</param>
    /// <param name="entity">The queue, or dead-letter queue.</param>
    /// <param name="bytes">The length of the message that went over the wire; 0 for none.</param>
    /// <param name="messages">How many went over the wire.</param>
    public void Add(string operation, QueueEntity entity, int bytes = 0, int messages = 1)
    {
        TagList tags = new() { { "operation", operation }, { "entity", entity.Name } };
        _operations.Add(Math.Max(1, (bytes + PieceBytes - 1) / PieceBytes), tags);
        if (OperationCredits.Of(operation, messages) is > 0 and var credits)
        {
            _credits.Add(credits, tags);
        }
    }

    public void Dispose() => _meter.Dispose();
}
