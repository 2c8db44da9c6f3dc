namespace Atrium.Local.Emulators;

/// <summary>
/// Keeps what runs on this machine from being asked for at a proxy, which does not know it. On Unix, .NET exempts
/// nothing by itself.
/// </summary>
public static class NoProxy
{
    // .NET compares a host as it stands in an address, where an IPv6 address has brackets; others do without them.
    static readonly string[] Loopback = ["localhost", ".localhost", "127.0.0.1", "::1", "[::1]"];

    // .NET reads the first, and the second only where there is no first. Others do the opposite.
    static readonly string[] Names = ["no_proxy", "NO_PROXY"];

    /// <summary>
    /// Adds the names and addresses of loopback to those that the environment exempts, for this process and for those
    /// that it starts. It comes before the process's first HTTP client.
    /// </summary>
    /// <param name="read">Reads a variable.</param>
    /// <param name="write">Sets a variable.</param>
    public static void ExemptLoopback(Func<string, string?> read, Action<string, string> write)
    {
        var exempt = string.Join(
            ',',
            Names.SelectMany(name => (read(name) ?? "").Split(
                    ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                .Concat(Loopback)
                .Distinct(StringComparer.OrdinalIgnoreCase));
        foreach (var name in Names)
        {
            write(name, exempt);
        }
    }
}
