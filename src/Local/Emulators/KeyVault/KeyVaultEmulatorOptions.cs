namespace Atrium.Local.Emulators.KeyVault;

/// <summary>How to run a Key Vault emulator.</summary>
public sealed record KeyVaultEmulatorOptions
{
    /// <summary>
    /// The folder for the secrets and the development certificate. It is created when missing, readable by its owner
    /// only.
    /// </summary>
    public required string StateFolder { get; init; }

    /// <summary>The port on the loopback address, 1 to 65535; 0, the default, takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>
    /// Whether a deleted secret can only be recovered until its retention of 90 days has passed, as in a vault with
    /// purge protection. The default is true; with false a purge deletes it at once.
    /// </summary>
    public bool PurgeProtection { get; init; } = true;
}
