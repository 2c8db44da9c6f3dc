namespace Atrium.Functions.Secrets;

/// <summary>A secret that lies in the vault, without its value.</summary>
internal sealed record StoredSecret(string Name, SecretOwner Owner, DateTimeOffset CreatedAt);
