using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Atrium.Local.Worker.Extensions.ServiceBus.Tests;

/// <summary>Takes the calls that would go to the host.</summary>
sealed class RecordingInvoker : CallInvoker
{
    public List<(string Path, object Request, CallOptions Options)> Calls { get; } = [];

    /// <summary>What the host answers; null for yes.</summary>
    public Status? Fault { get; set; }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        Calls.Add((method.FullName, request, options));
        var answer = Fault is { } fault
            ? Task.FromException<TResponse>(new RpcException(fault))
            : Task.FromResult((TResponse)(object)new Empty());
        return new AsyncUnaryCall<TResponse>(
            answer, Task.FromResult(new Metadata()), () => Fault ?? Status.DefaultSuccess, () => [], () => { });
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new NotSupportedException();

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new NotSupportedException();

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        throw new NotSupportedException();

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        throw new NotSupportedException();
}
