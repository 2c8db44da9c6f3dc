namespace Atrium.Local.Emulators.ServiceBus;

/// <summary>
/// A pair of instants that were the same, kept on disk so that the broker's clock goes on where it was.
/// </summary>
internal sealed record ClockAnchor(Moment Moment, double Speed);
