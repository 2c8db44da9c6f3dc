namespace Atrium.Functions.Secrets;

/// <summary>Names one secret in the vault, and its version. Neither ever changes what it holds, so what was read of it once stays true.</summary>
internal sealed record SecretReference(string Name, string Version);
