using System.Text.RegularExpressions;

namespace Atrium.Local.Emulators.KeyVault;

/// <summary>The service's rule for the names of secrets.</summary>
internal static partial class SecretName
{
    public static bool IsValid(string name) => Rule().IsMatch(name);

    [GeneratedRegex(@"\A[0-9a-zA-Z-]{1,127}\z")]
    private static partial Regex Rule();
}
