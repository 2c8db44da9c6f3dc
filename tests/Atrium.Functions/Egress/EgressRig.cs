using System.Net;
using System.Security.Cryptography.X509Certificates;
using Atrium.Functions.Egress;
using Microsoft.Extensions.Logging.Testing;

namespace Atrium.Functions.Tests.Egress;

/// <summary>
/// The client under test, on a clock that stands still, allowed to talk to this machine. It keeps connections however
/// long the machine takes.
/// </summary>
sealed class EgressRig : IDisposable
{
    readonly EgressClient client;

    public EgressRig(
        EgressOptions? options = null, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null,
        X509Certificate2Collection? roots = null)
    {
        Options = options ?? new() { AllowLoopback = true };
        client = new(Options, Time, Logger, resolve, roots, idle: Patience.Limit);
    }

    public EgressOptions Options { get; }

    public WatchedTime Time { get; } = new();

    public FakeLogger<EgressClient> Logger { get; } = new();

    public static OutgoingRequest Request(string url) =>
        new(url, "msg_1", 1_776_245_400, "{\"event\":\"visitor.checked_in\"}"u8.ToArray());

    public Task<Exchange> SendAsync(string url, CancellationToken cancellationToken = default) =>
        SendAsync(Request(url), cancellationToken);

    public Task<Exchange> SendAsync(OutgoingRequest request, CancellationToken cancellationToken = default) =>
        client.SendAsync(request, cancellationToken).Soon();

    public void Dispose() => client.Dispose();
}
