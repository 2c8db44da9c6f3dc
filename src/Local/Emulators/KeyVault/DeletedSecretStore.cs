using Microsoft.Data.Sqlite;

namespace Atrium.Local.Emulators.KeyVault;

/// <summary>
/// The secrets in soft delete. Those whose retention has passed are gone: they are purged before anything is looked
/// for.
/// </summary>
internal sealed class DeletedSecretStore(VaultDatabase database, TimeProvider clock)
{
    const string Columns = """
        SELECT v.*, s.deleted_at FROM versions v JOIN secrets s ON s.name = v.name
        WHERE s.deleted_at IS NOT NULL AND v.sequence = (SELECT MAX(sequence) FROM versions WHERE name = v.name)
        """;

    /// <summary>
    /// Puts a secret with all its versions into soft delete; null when no secret in use has that name.
    /// </summary>
    public SoftDeletedSecret? Delete(string name) => database.InTransaction(() =>
    {
        var deleted = database.Execute(
            "UPDATE secrets SET deleted_at = $now WHERE name = $name AND deleted_at IS NULL", ("$now", Now()),
            ("$name", name));
        return deleted == 0 ? null : Read(name);
    });

    public SoftDeletedSecret? Find(string name) => AfterRetention(() => Read(name));

    /// <summary>In the order of names, from the first name after <paramref name="after"/>.</summary>
    public IReadOnlyList<SoftDeletedSecret> List(string after, int count) => AfterRetention(() => database.Query(
        $"{Columns} AND s.name > $after ORDER BY s.name LIMIT $count", ReadRow, ("$after", after), ("$count", count)));

    /// <summary>Takes a secret out of soft delete; null when it does not lie there.</summary>
    public SecretVersion? Recover(string name) => AfterRetention(() =>
    {
        var recovered = Read(name)?.Newest;
        database.Execute("UPDATE secrets SET deleted_at = NULL WHERE name = $name", ("$name", name));
        return recovered;
    });

    /// <summary>Deletes for good; false when the secret does not lie in soft delete.</summary>
    public bool Purge(string name) => database.InTransaction(() =>
        database.Execute("DELETE FROM secrets WHERE name = $name AND deleted_at IS NOT NULL", ("$name", name)) > 0);

    /// <summary>Deletes secrets for good after their retention in soft delete.</summary>
    public void PurgeExpired() => AfterRetention<object?>(() => null);

    T AfterRetention<T>(Func<T> act) => database.InTransaction(() =>
    {
        var oldest = Now() - (long)TimeSpan.FromDays(SoftDeletedSecret.RetentionDays).TotalSeconds;
        database.Execute("DELETE FROM secrets WHERE deleted_at <= $oldest", ("$oldest", oldest));
        return act();
    });

    SoftDeletedSecret? Read(string name) =>
        database.Query($"{Columns} AND s.name = $name", ReadRow, ("$name", name)).SingleOrDefault();

    static SoftDeletedSecret ReadRow(SqliteDataReader row) =>
        new(VaultDatabase.ReadVersion(row), row.GetInt64(row.GetOrdinal("deleted_at")));

    long Now() => clock.GetUtcNow().ToUnixTimeSeconds();
}

/// <summary>A secret in the state of soft delete, with its newest version. Times are Unix seconds.</summary>
internal sealed record SoftDeletedSecret(SecretVersion Newest, long DeletedAt)
{
    /// <summary>The service's default, and its longest.</summary>
    public const int RetentionDays = 90;

    public long PurgesAt => DeletedAt + (long)TimeSpan.FromDays(RetentionDays).TotalSeconds;
}
