namespace Atrium.Functions.Parking;

/// <summary>Ends a sweep from within, before the next batch: what it holds goes back to where it was.</summary>
internal sealed class PausedAgainException() : Exception("The subscription was paused again.");
