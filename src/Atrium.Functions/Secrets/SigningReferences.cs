namespace Atrium.Functions.Secrets;

/// <summary>What signs a request.</summary>
/// <param name="Current">The secret in force.</param>
/// <param name="Earlier">Secrets that were rotated and still sign, newest first.</param>
internal sealed record SigningReferences(SecretReference Current, IReadOnlyList<SecretReference> Earlier);
