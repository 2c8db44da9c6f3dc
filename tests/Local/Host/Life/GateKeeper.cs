using System.Net;
using System.Net.Sockets;
using System.Text;
using Atrium.Local.Host.Tests.Support;

namespace Atrium.Local.Host.Tests.Life;

/// <summary>
/// A request under way whose body opens gates when it comes: a host that stops takes no new request for that.
/// </summary>
internal sealed class GateKeeper : IDisposable
{
    readonly TcpClient _caller = new();
    readonly byte[] _body;

    GateKeeper(IEnumerable<string> gates) => _body = Encoding.ASCII.GetBytes(string.Join('\n', gates));

    public static async Task<GateKeeper> BeginAsync(RunningHost host, params string[] gates)
    {
        var keeper = new GateKeeper(gates);
        await keeper._caller.ConnectAsync(IPAddress.Loopback, host.Http.BaseAddress!.Port);
        var head = $"POST /api/gates HTTP/1.1\r\nHost: localhost\r\nContent-Length: {keeper._body.Length}\r\n\r\n";
        await keeper._caller.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        await host.Process.LineAsync("The keeper waits");
        return keeper;
    }

    /// <summary>Opens the gates; ends when that is answered.</summary>
    public async Task OpenAsync()
    {
        await _caller.GetStream().WriteAsync(_body);
        using var reader = new StreamReader(_caller.GetStream(), leaveOpen: true);
        Assert.StartsWith("HTTP/1.1 204", await reader.ReadLineAsync().Soon(), StringComparison.Ordinal);
    }

    public void Dispose() => _caller.Dispose();
}
