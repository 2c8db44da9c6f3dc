namespace Atrium.Local.Emulators.KeyVault;

/// <summary>One version of a secret as it is stored. Times are Unix seconds.</summary>
internal sealed record SecretVersion
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public required string Value { get; init; }

    public string? ContentType { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public required bool Enabled { get; init; }

    public long? NotBefore { get; init; }

    public long? Expires { get; init; }

    public required long Created { get; init; }

    public required long Updated { get; init; }

    /// <summary>Grows with every version stored, so the newest version of a secret has its highest.</summary>
    public long Sequence { get; init; }
}
