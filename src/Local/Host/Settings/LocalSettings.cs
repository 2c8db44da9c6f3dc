using Microsoft.Extensions.Configuration;

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
    /// Sets the environment variables that are not set already, however they are spelt: what the shell says goes before
    /// the file. Of two spellings of one setting, host and app could read either.
    /// </summary>
    /// <param name="variables">The names that are set.</param>
    /// <param name="write">Sets a variable.</param>
    public void Export(IEnumerable<string> variables, Action<string, string> write)
    {
        var set = variables.Select(Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var all = Values.Concat(
            ConnectionStrings.Select(named => KeyValuePair.Create($"ConnectionStrings__{named.Key}", named.Value)));
        foreach (var (name, value) in all)
        {
            if (set.Add(Key(name)))
            {
                write(name, value);
            }
        }
    }

    static string Key(string variable) =>
        variable.Replace("__", ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
}
