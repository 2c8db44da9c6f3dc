using System.Globalization;

namespace Atrium.Local.Host.Settings;

/// <summary>The ports that the host may listen on.</summary>
internal static class HttpPort
{
    /// <summary>What <c>func start</c> listens on when nobody says otherwise.</summary>
    public const int Default = 7071;

    /// <summary>The highest TCP port.</summary>
    public const int Highest = ushort.MaxValue;

    public static bool TryParse(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= Highest;
}
