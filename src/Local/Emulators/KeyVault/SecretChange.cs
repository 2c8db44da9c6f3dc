namespace Atrium.Local.Emulators.KeyVault;

/// <summary>The body of a set (all of it) or of an update (without value; what is null stays as it is).</summary>
internal sealed record SecretChange(
    string? Value, string? ContentType, IReadOnlyDictionary<string, string>? Tags, SecretChangeAttributes? Attributes)
{
    // "25k bytes" in the service's limits.
    const int MaxValueBytes = 25 * 1024;

    public bool HasValidValue => Value is not null && System.Text.Encoding.UTF8.GetByteCount(Value) <= MaxValueBytes;

    public SecretVersion AsNew(string name, long now) => new()
    {
        Name = name,
        Version = Guid.NewGuid().ToString("N"),
        Value = Value!,
        ContentType = ContentType,
        Tags = Tags,
        Enabled = Attributes?.Enabled ?? true,
        NotBefore = Attributes?.Nbf,
        Expires = Attributes?.Exp,
        Created = now,
        Updated = now,
    };

    public SecretVersion ApplyTo(SecretVersion stored, long now) => stored with
    {
        ContentType = ContentType ?? stored.ContentType,
        Tags = Tags ?? stored.Tags,
        Enabled = Attributes?.Enabled ?? stored.Enabled,
        NotBefore = Attributes?.Nbf ?? stored.NotBefore,
        Expires = Attributes?.Exp ?? stored.Expires,
        Updated = now,
    };
}

/// <summary>The part of a secret's attributes that a client may set. Times are Unix seconds.</summary>
internal sealed record SecretChangeAttributes(bool? Enabled, long? Nbf, long? Exp);
