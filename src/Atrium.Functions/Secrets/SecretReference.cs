namespace Atrium.Functions.Secrets;

/// <summary>
/// Names one secret in the vault, and its version. Neither ever changes what it holds, so what was read of it once
/// stays true.
/// </summary>
internal sealed record SecretReference(string Name, string Version);

/// <summary>What signs a request.</summary>
/// <param name="Current">The secret in force.</param>
/// <param name="Earlier">Secrets that were rotated and still sign, newest first.</param>
internal sealed record SigningReferences(SecretReference Current, IReadOnlyList<SecretReference> Earlier);
