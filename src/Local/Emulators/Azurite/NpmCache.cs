using System.Collections;

namespace Atrium.Local.Emulators.Azurite;

/// <summary>Gives npm a cache where its own cannot be written, as in a home that is read-only.</summary>
internal static class NpmCache
{
    const string Setting = "npm_config_cache";

    static string Own => OperatingSystem.IsWindows()
        ? Path.Combine(Folder(Environment.SpecialFolder.LocalApplicationData), "npm-cache")
        : Path.Combine(Folder(Environment.SpecialFolder.UserProfile), ".npm");

    /// <param name="instead">The folder to take if need be.</param>
    /// <returns>What to add to npm's arguments.</returns>
    public static IReadOnlyList<string> Option(string instead) =>
        Option(Environment.GetEnvironmentVariables(), Own, instead);

    /// <param name="environment">npm reads its settings there, in capitals too.</param>
    /// <param name="own">The cache that it takes by itself.</param>
    /// <param name="instead">The folder to take if need be.</param>
    internal static IReadOnlyList<string> Option(IDictionary environment, string own, string instead) =>
        environment.Keys.Cast<string>().Contains(Setting, StringComparer.OrdinalIgnoreCase) || IsWritable(own)
            ? []
            : ["--cache", instead];

    // It need not exist yet.
    static string Folder(Environment.SpecialFolder folder) =>
        Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify);

    static bool IsWritable(string folder)
    {
        try
        {
            Directory.Delete(Directory.CreateDirectory(Path.Combine(folder, $"{Guid.NewGuid():N}.tmp")).FullName);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
