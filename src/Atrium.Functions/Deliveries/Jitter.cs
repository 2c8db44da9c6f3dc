namespace Atrium.Functions.Deliveries;

/// <summary>A number of at least 0 and below 1, drawn anew on each call; tests pass one that they know.</summary>
internal delegate double Jitter();
