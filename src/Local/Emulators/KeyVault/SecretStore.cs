using System.Text.Json;

namespace Atrium.Local.Emulators.KeyVault;

/// <summary>
/// The secrets that are in use, with all their versions. Those in soft delete are in <see cref="DeletedSecretStore"/>.
/// </summary>
internal sealed class SecretStore(VaultDatabase database, TimeProvider clock)
{
    const string Live = "v.name IN (SELECT name FROM secrets WHERE deleted_at IS NULL)";

    const string Newest = "v.sequence = (SELECT MAX(sequence) FROM versions WHERE name = v.name)";

    /// <summary>Stores a new version; null when the name is in soft delete and so cannot be used.</summary>
    public SecretVersion? Set(string name, SecretChange change) => database.InTransaction(() =>
    {
        database.Execute("INSERT INTO secrets (name) VALUES ($name) ON CONFLICT DO NOTHING", ("$name", name));
        var inUse = database.Query(
            "SELECT name FROM secrets WHERE name = $name AND deleted_at IS NULL", row => row.GetString(0),
            ("$name", name));
        if (inUse is not [var storedName])
        {
            return null;
        }

        var version = change.AsNew(storedName, Now());
        database.Execute(
            """
            INSERT INTO versions (
              name, version, value, content_type, tags, enabled, not_before, expires, created, updated)
            VALUES ($name, $version, $value, $contentType, $tags, $enabled, $notBefore, $expires, $created, $updated)
            """,
            [("$name", version.Name), ("$version", version.Version), ("$value", version.Value),
                ("$created", version.Created), .. Properties(version)]);
        return version;
    });

    /// <summary>The version asked for, or the newest when <paramref name="version"/> is null.</summary>
    public SecretVersion? Find(string name, string? version) => database.InTransaction(() => Read(name, version));

    /// <summary>
    /// Changes the properties of one version, or of the newest when <paramref name="version"/> is null.
    /// </summary>
    public SecretVersion? Update(string name, string? version, SecretChange change) => database.InTransaction(() =>
    {
        if (Read(name, version) is not { } stored)
        {
            return null;
        }

        var changed = change.ApplyTo(stored, Now());
        database.Execute(
            """
            UPDATE versions SET content_type = $contentType, tags = $tags, enabled = $enabled,
                not_before = $notBefore, expires = $expires, updated = $updated
            WHERE sequence = $sequence
            """,
            [("$sequence", changed.Sequence), .. Properties(changed)]);
        return changed;
    });

    /// <summary>
    /// The newest version of each secret, in the order of names, from the first name after <paramref name="after"/>.
    /// </summary>
    public IReadOnlyList<SecretVersion> List(string after, int count) => database.InTransaction(() => database.Query(
        $"SELECT * FROM versions v WHERE v.name > $after AND {Live} AND {Newest} ORDER BY v.name LIMIT $count",
        VaultDatabase.ReadVersion,
        ("$after", after), ("$count", count)));

    /// <summary>
    /// The versions of one secret, oldest first, from the first one after the sequence number <paramref name="after"/>.
    /// </summary>
    public IReadOnlyList<SecretVersion> ListVersions(string name, long after, int count) =>
        database.InTransaction(() => database.Query(
        $"SELECT * FROM versions v WHERE v.name = $name AND v.sequence > $after AND {Live} ORDER BY v.sequence LIMIT "
            + "$count",
        VaultDatabase.ReadVersion,
        ("$name", name), ("$after", after), ("$count", count)));

    SecretVersion? Read(string name, string? version) => database.Query(
        $"SELECT * FROM versions v WHERE v.name = $name AND {Live} AND "
            + $"{(version is null ? Newest : "v.version = $version")}",
        VaultDatabase.ReadVersion,
        ("$name", name), ("$version", version)).SingleOrDefault();

    static (string Name, object? Value)[] Properties(SecretVersion version) =>
    [
        ("$contentType", version.ContentType),
        ("$tags", version.Tags is null ? null : JsonSerializer.Serialize(version.Tags)),
        ("$enabled", version.Enabled),
        ("$notBefore", version.NotBefore),
        ("$expires", version.Expires),
        ("$updated", version.Updated),
    ];

    long Now() => clock.GetUtcNow().ToUnixTimeSeconds();
}
