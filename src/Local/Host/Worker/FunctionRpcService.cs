using System.Collections.Concurrent;
using Atrium.Local.Host.Worker.Messages;
using Grpc.Core;

namespace Atrium.Local.Host.Worker;

/// <summary>The channels that wait for their worker to call.</summary>
internal sealed class ExpectedWorkers
{
    readonly ConcurrentDictionary<string, WorkerChannel> _byId = new();

    public void Expect(string workerId, WorkerChannel channel) => _byId[workerId] = channel;

    public void Forget(string workerId) => _byId.TryRemove(workerId, out _);

    /// <summary>The channel of a worker, for its first call only.</summary>
    public WorkerChannel? Take(string workerId) => _byId.TryRemove(workerId, out var channel) ? channel : null;
}

/// <summary>Where workers call. Each says who it is with its first message.</summary>
internal sealed class FunctionRpcService(ExpectedWorkers expected) : FunctionRpc.FunctionRpcBase
{
    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream,
        ServerCallContext context)
    {
        var first = await requestStream.MoveNext(context.CancellationToken) ? requestStream.Current.StartStream : null;
        var channel = first is null ? null : expected.Take(first.WorkerId);
        if (channel is null)
        {
            throw new Grpc.Core.RpcException(new(StatusCode.PermissionDenied, "This host has started no such worker."));
        }

        await channel.RunAsync(requestStream, responseStream, context.CancellationToken);
    }
}
