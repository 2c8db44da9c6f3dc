namespace Atrium.Local.Emulators.KeyVault;

/// <summary>
/// A secret as the service answers it: with its value only to set and get, with the last three only when it is in soft
/// delete.
/// </summary>
internal sealed record SecretBundle(
    string Id,
    string? Value,
    string? ContentType,
    IReadOnlyDictionary<string, string>? Tags,
    SecretAttributes Attributes)
{
    public string? RecoveryId { get; init; }

    public long? DeletedDate { get; init; }

    public long? ScheduledPurgeDate { get; init; }
}

/// <summary>A secret's attributes as the service answers them. Times are Unix seconds.</summary>
internal sealed record SecretAttributes(
    bool Enabled, long? Nbf, long? Exp, long Created, long Updated, string RecoveryLevel, int RecoverableDays);
