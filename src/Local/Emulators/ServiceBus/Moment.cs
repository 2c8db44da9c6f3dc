namespace Atrium.Local.Emulators.ServiceBus;

/// <summary>One reading of both clocks. A decision uses one reading throughout.</summary>
/// <param name="Broker">The broker's time, by which durations run.</param>
/// <param name="Wall">Real time (UTC), which is sent to clients.</param>
internal readonly record struct Moment(BrokerTime Broker, DateTime Wall);
