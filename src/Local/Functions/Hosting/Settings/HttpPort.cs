using System.Globalization;

namespace Microsoft.Azure.Functions.Worker.Hosting.Settings;

/// <summary>Which port the host listens on: the argument, else the settings file, else that of Core Tools.</summary>
internal static class HttpPort
{
    /// <summary>What <c>func start</c> listens on when nobody says otherwise.</summary>
    public const int Default = 7071;

    /// <summary>The highest TCP port.</summary>
    public const int Highest = ushort.MaxValue;

    const string Switch = "--port";

    /// <exception cref="HostStartException">The argument is no port.</exception>
    public static int Choose(IReadOnlyList<string> arguments, int? configured) => Argument(arguments) switch
    {
        null => configured ?? Default,
        { } written when TryParse(written, out var port) => port,
        { } written => throw new HostStartException($"{Switch} must be followed by a whole number from 0 (any free port) to {Highest}, but is followed by '{written}'."),
    };

    public static bool TryParse(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= Highest;

    static string? Argument(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == Switch)
            {
                return i + 1 < arguments.Count ? arguments[i + 1] : "";
            }

            if (arguments[i].StartsWith(Switch + '=', StringComparison.Ordinal))
            {
                return arguments[i][(Switch.Length + 1)..];
            }
        }

        return null;
    }
}
