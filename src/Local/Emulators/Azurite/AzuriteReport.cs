using System.Text.Json;

namespace Atrium.Local.Emulators.Azurite;

/// <summary>
/// The one line that host.js prints when it serves, or cannot: the port that it listens on, or why it does not.
/// </summary>
internal sealed record AzuriteReport(int Port, string? Error, string? Code)
{
    public bool PortTaken => Code is "EADDRINUSE" or "EACCES";

    /// <summary>Whether what is on disk cannot be read.</summary>
    public bool IsDamaged => Code is "EDAMAGED";

    /// <summary>Null for a line that is none.</summary>
    public static AzuriteReport? Parse(string line)
    {
        try
        {
            return line.StartsWith('{')
                ? JsonSerializer.Deserialize<AzuriteReport>(line, JsonSerializerOptions.Web)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
