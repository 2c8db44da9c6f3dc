namespace Atrium.Local.Emulators.KeyVault;

/// <summary>The part of a secret's attributes that a client may set. Times are Unix seconds.</summary>
internal sealed record SecretChangeAttributes(bool? Enabled, long? Nbf, long? Exp);
