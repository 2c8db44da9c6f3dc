namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>
/// Where an address leads to within the namespace. Clients give a name, a name behind a slash, or a whole URI.
/// </summary>
internal static class EntityPath
{
    public static string Of(string address)
    {
        var isUri = Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host.Length > 0;
        return (isUri ? Uri.UnescapeDataString(uri!.AbsolutePath) : address).Trim('/');
    }

    /// <summary>Whether what lets in to the one lets in to the other: the empty path is the whole namespace.</summary>
    public static bool Covers(string path, string other) =>
        path.Length == 0
        || other.Equals(path, StringComparison.OrdinalIgnoreCase)
        || other.StartsWith(path + '/', StringComparison.OrdinalIgnoreCase);
}
