namespace Atrium.Local.Emulators.KeyVault;

/// <summary>A secret in the state of soft delete, with its newest version. Times are Unix seconds.</summary>
internal sealed record SoftDeletedSecret(SecretVersion Newest, long DeletedAt)
{
    /// <summary>The service's default, and its longest.</summary>
    public const int RetentionDays = 90;

    public long PurgesAt => DeletedAt + (long)TimeSpan.FromDays(RetentionDays).TotalSeconds;
}
