using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Atrium.Local.Emulators;

/// <summary>
/// Takes a port of the loopback addresses for one listener alone. It counts as taken when either address has it: a
/// connection to "localhost" may go to either.
/// </summary>
internal static class LoopbackPort
{
    /// <summary>The highest TCP port.</summary>
    public const int Highest = ushort.MaxValue;

    const int Backlog = 512;

    /// <summary>A port that is free on 127.0.0.1 may be taken on ::1: so many are tried.</summary>
    const int PortAttempts = 10;

    /// <summary>Reads a port; 0 stands for any free one.</summary>
    public static bool TryParse(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= Highest;

    /// <summary>Listens on a port of both addresses, or of 127.0.0.1 alone where there is no ::1.</summary>
    /// <param name="port">The port; 0 for one that is free on both.</param>
    /// <exception cref="SocketException">The port is taken, or not allowed.</exception>
    public static IReadOnlyList<Socket> Listen(int port) => Listen(port, HasIPv6);

    /// <inheritdoc cref="Listen(int)"/>
    public static IReadOnlyList<Socket> Listen(int port, bool hasIPv6)
    {
        for (var attempt = 1; ; attempt++)
        {
            var first = Listen(IPAddress.Loopback, port);
            try
            {
                return hasIPv6
                    ? [first, Listen(IPAddress.IPv6Loopback, ((IPEndPoint)first.LocalEndPoint!).Port)]
                    : [first];
            }
            catch (SocketException)
            {
                first.Dispose();
                if (port != 0 || attempt == PortAttempts)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Whether there is a ::1 to listen on. A system may know of IPv6 and have it switched off.</summary>
    public static bool HasIPv6 => Has(IPAddress.IPv6Loopback);

    /// <summary>Tells of a machine without a loopback address, before something fails for it.</summary>
    /// <exception cref="EmulatorStartException">The machine has no such address.</exception>
    public static void RequireAddress(IPAddress address)
    {
        if (!Has(address))
        {
            throw new EmulatorStartException(
                $"This machine has no address {address}, on which all that is started here is reached: give it to the "
                + "loopback interface (on Linux, ip link set lo up), and start again.");
        }
    }

    /// <summary>The sentence about a port that cannot be had.</summary>
    public static EmulatorStartException Taken(
        EmulatorPort listener, int port, string why, Exception? cause = null) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{listener.Name} cannot listen on port {port} of 127.0.0.1 and ::1 ({why}): stop what uses the port, or "
            + $"choose another with the setting {listener.Setting}, or {listener.Option} of the emulators' own program "
            + $"(0 takes any free one). The local host's option --free-ports takes free ones for all."),
        cause);

    // An interface that is down lets its address be listened on, and not be reached.
    static bool Has(IPAddress address)
    {
        try
        {
            using var listener = Listen(address, 0);
            using var caller = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            caller.Connect(listener.LocalEndPoint!);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    static Socket Listen(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                // Else two processes could share the port there. On Unix it is the other way round: setting this, to
                // false, lets them.
                socket.ExclusiveAddressUse = true;
            }

            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>Who listens on a port, and how the port is chosen.</summary>
/// <param name="Name">The emulator, as the beginning of a sentence.</param>
/// <param name="Setting">The local host's setting.</param>
/// <param name="Option">The option of the emulators' own program.</param>
/// <param name="Default">The port when nobody chooses.</param>
internal sealed record EmulatorPort(string Name, string Setting, string Option, int Default)
{
    /// <summary>By default on the port that clients assume when a connection string names none.</summary>
    public static readonly EmulatorPort ServiceBus =
        new("The Service Bus emulator", "LocalStack__ServiceBusPort", "--port", 5672);

    public static readonly EmulatorPort KeyVault =
        new("The Key Vault emulator", "LocalStack__KeyVaultPort", "--keyvault-port", 8443);

    public static readonly EmulatorPort Tables =
        new("Azurite", "LocalStack__TablesPort", "--tables-port", 10002);
}
