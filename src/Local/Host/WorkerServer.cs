using System.Net;
using Atrium.Local.Host.Http;
using Atrium.Local.Host.ServiceBus;
using Atrium.Local.Host.Stack;
using Atrium.Local.Host.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Host;

/// <summary>
/// What the worker calls: its conversation with the host and its settlements over gRPC, and the tokens of its identity.
/// </summary>
internal sealed class WorkerServer : IAsyncDisposable
{
    /// <summary>For calls of workers that have ended, and of which a busy machine has not heard yet.</summary>
    static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    readonly WebApplication _web;

    WorkerServer(WebApplication web) => _web = web;

    public ExpectedWorkers Expected => _web.Services.GetRequiredService<ExpectedWorkers>();

    public RunningMessages Messages => _web.Services.GetRequiredService<RunningMessages>();

    public IdentityEndpoint Identity { get; } = new(TimeProvider.System);

    public Uri Grpc { get; private set; } = null!;

    public Uri Http { get; private set; } = null!;

    public static async Task<WorkerServer> StartAsync(ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var builder = WebServers.Create(loggers);
        builder.WebHost.ConfigureKestrel(server =>
        {
            // Without TLS a port speaks one version of HTTP only.
            server.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            server.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddSingleton<ExpectedWorkers>().AddSingleton<RunningMessages>().AddGrpc(grpc =>
            grpc.MaxReceiveMessageSize = grpc.MaxSendMessageSize = WorkerSite.MaxMessageLength);
        var web = builder.Build();
        web.MapGrpcService<FunctionRpcService>();
        web.MapGrpcService<SettlementService>();
        var server = new WorkerServer(web);
        server.Identity.Map(web);
        await web.StartAsync(cancellationToken);
        (server.Grpc, server.Http) = WebServers.Addresses(web) is [var grpc, var http]
            ? (grpc, http)
            : throw new InvalidOperationException("Kestrel has lost an address.");
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        // Its workers have ended. A call that is just coming in must not find the services gone.
        using var patience = new CancellationTokenSource(StopPatience, TimeProvider.System);
        await _web.StopAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _web.DisposeAsync();
    }
}
