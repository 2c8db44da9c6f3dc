namespace Atrium.Functions.Events;

/// <summary>The answer to an accepted event.</summary>
/// <param name="Id">The event's id, by which its deliveries are found in logs.</param>
/// <param name="Tenant">Whose event it is.</param>
internal sealed record EventAccepted(string Id, string Tenant);
