namespace Atrium.Functions.Secrets;

/// <summary>Names one version of a secret in the vault. A version never changes, so what was read of it once stays true.</summary>
internal sealed record SecretReference(string Name, string Version);
