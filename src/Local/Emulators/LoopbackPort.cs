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
    const int Backlog = 512;

    /// <exception cref="EmulatorStartException">The port is taken, or not allowed.</exception>
    public static Socket Listen(EmulatorPort listener, IPAddress address, int port)
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
        catch (SocketException e)
        {
            socket.Dispose();
            throw Taken(listener, port, e.Message, e);
        }
    }

    /// <summary>Whether there is a ::1 to listen on. A system may know of IPv6 and have it switched off.</summary>
    public static bool HasIPv6
    {
        get
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
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
}

/// <summary>Who listens on a port, and how the port is chosen.</summary>
/// <param name="Name">The emulator, as the beginning of a sentence.</param>
/// <param name="Setting">The local host's setting.</param>
/// <param name="Option">The option of the emulators' own program.</param>
internal sealed record EmulatorPort(string Name, string Setting, string Option)
{
    public static readonly EmulatorPort ServiceBus =
        new("The Service Bus emulator", "LocalStack__ServiceBusPort", "--port");

    public static readonly EmulatorPort KeyVault =
        new("The Key Vault emulator", "LocalStack__KeyVaultPort", "--keyvault-port");

    public static readonly EmulatorPort Tables = new("Azurite", "LocalStack__TablesPort", "--tables-port");
}
