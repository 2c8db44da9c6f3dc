using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Settings;

/// <summary>An attribute's text in which <c>%Name%</c> stands for the setting of that name.</summary>
internal static class SettingReference
{
    /// <summary>Puts the settings in.</summary>
    /// <param name="written">The attribute's text.</param>
    /// <param name="settings">The app's settings.</param>
    /// <param name="where">What the text is, for the error: "the queue of function Deliver".</param>
    /// <exception cref="HostStartException">A setting is missing, or a percent sign has no partner.</exception>
    public static string Resolve(string written, IConfiguration settings, string where)
    {
        var parts = written.Split('%');
        if (parts.Length % 2 == 0)
        {
            throw new HostStartException(
                $"'{written}', {where}, has a percent sign without a partner. Write a setting's name as %Name%.");
        }

        // What stands between two percent signs has an odd place.
        for (var i = 1; i < parts.Length; i += 2)
        {
            // As on Azure, either spelling of a nested name finds it.
            var name = parts[i].Replace("__", ":", StringComparison.Ordinal);
            parts[i] = settings[name] is { Length: > 0 } value
                ? value
                : throw new HostStartException(
                    $"'{written}', {where}, names the setting {parts[i]}, which is not set. "
                    + $"Set it in {LocalSettings.FileName} under Values, or in the environment.");
        }

        return string.Concat(parts);
    }
}
