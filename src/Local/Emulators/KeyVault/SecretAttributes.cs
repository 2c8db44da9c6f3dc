namespace Atrium.Local.Emulators.KeyVault;

/// <summary>A secret's attributes as the service answers them. Times are Unix seconds.</summary>
internal sealed record SecretAttributes(
    bool Enabled, long? Nbf, long? Exp, long Created, long Updated, string RecoveryLevel, int RecoverableDays);
