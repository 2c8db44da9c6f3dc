namespace Atrium.Local.Host.Settings;

/// <summary>What local.settings.json says.</summary>
/// <param name="Values">The app's settings, which become environment variables.</param>
/// <param name="ConnectionStrings">Connection strings by name.</param>
/// <param name="LocalHttpPort">The port to listen on; null when the file does not say.</param>
/// <param name="CorsOrigins">The origins that browsers may call from; <c>*</c> means any.</param>
/// <param name="CorsCredentials">Whether those may send credentials.</param>
internal sealed record LocalSettings(
    IReadOnlyDictionary<string, string> Values,
    IReadOnlyDictionary<string, string> ConnectionStrings,
    int? LocalHttpPort,
    IReadOnlyList<string> CorsOrigins,
    bool CorsCredentials)
{
    public const string FileName = "local.settings.json";

    public static LocalSettings Empty { get; } = new(
        new Dictionary<string, string>(), new Dictionary<string, string>(), LocalHttpPort: null, CorsOrigins: [],
        CorsCredentials: false);

    /// <summary>
    /// Sets the environment variables that are not set already: what the shell says goes before the file.
    /// </summary>
    public void Export(Func<string, string?> read, Action<string, string> write)
    {
        var all = Values.Concat(
            ConnectionStrings.Select(named => KeyValuePair.Create($"ConnectionStrings__{named.Key}", named.Value)));
        foreach (var (name, value) in all)
        {
            if (read(name) is null)
            {
                write(name, value);
            }
        }
    }
}
