namespace Atrium.Local.Emulators.KeyVault;

/// <summary>One page of a list; the link to the next one is null on the last.</summary>
internal sealed record SecretPage(IReadOnlyList<SecretBundle> Value, string? NextLink);
