using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Settings;

/// <summary>The functions whose triggers a setting switches off, by the real host's rules.</summary>
internal static class DisabledFunctions
{
    const string Section = "AzureWebJobs";
    const string Suffix = "Disabled";

    /// <summary>The name of the setting, as people write it.</summary>
    public static string SettingOf(string function) => $"{Section}.{function}.{Suffix}";

    /// <summary>Whether a function is among them.</summary>
    public static bool Has(IConfiguration settings, string function) =>
        // Not every shell takes dots in a variable's name; two underscores stand for them.
        IsOn(settings[SettingOf(function)]) || IsOn(settings[$"{Section}:{function}:{Suffix}"]);

    static bool IsOn(string? value) => value == "1" || (bool.TryParse(value, out var on) && on);
}
