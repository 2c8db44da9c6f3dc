using Atrium.Functions.Secrets;

namespace Atrium.Functions.Subscriptions;

/// <summary>A subscription's custom headers: their names, and where in the vault their values are.</summary>
/// <param name="Names">As the admin wrote them, sorted; never none.</param>
/// <param name="Values">One secret with all values.</param>
internal sealed record CustomHeaders(IReadOnlyList<string> Names, SecretReference Values);
