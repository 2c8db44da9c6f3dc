using System.Diagnostics;
using System.Net;
using Atrium.Local.Host.Worker;
using Atrium.Local.Host.Worker.Messages;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Atrium.Local.Host.Http;

/// <summary>
/// Gives a request to the worker in the two halves that the worker joins: the request itself over HTTP, and over gRPC
/// the invocation, whose id the request has in a header.
/// </summary>
internal sealed partial class RequestForwarding(
    WorkerSupervisor workers, FunctionInvoker invoker, FunctionKeys keys, IHttpForwarder forwarder, TimeProvider time,
    ILogger<RequestForwarding> logger, CancellationToken cutOff) : IDisposable
{
    const string InvocationHeader = "x-ms-invocation-id";

    /// <summary>
    /// Azure's load balancer gives up on an idle request after 230 seconds; the real host's own limit lies above that.
    /// </summary>
    static readonly ForwarderRequestConfig Limits = new() { ActivityTimeout = TimeSpan.FromSeconds(240) };

    /// <summary>How long a request waits for a worker that is just being started again.</summary>
    static readonly TimeSpan RestartPatience = TimeSpan.FromSeconds(30);

    readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
    });

    /// <summary>Serves a request, to an answer in every case.</summary>
    public async Task ServeAsync(HttpContext http, HttpFunction function)
    {
        if (!keys.Admit(function.Level, http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else if (http.Request.ContentLength > WebServers.MaxRequestBodySize)
        {
            http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        }
        else if (await WorkerAsync(http.RequestAborted) is { Http: { } address } worker)
        {
            await ForwardAsync(http, function.Function, worker, address.AbsoluteUri);
        }
        else
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    public void Dispose() => _client.Dispose();

    async Task ForwardAsync(HttpContext http, Function function, RunningWorker worker, string address)
    {
        var request = FunctionInvoker.Request(
            function, new() { Name = function.Parameter, Data = new() { Http = new RpcHttp() } });
        foreach (var (name, value) in http.Request.RouteValues)
        {
            request.TriggerMetadata[name] = new() { String = value?.ToString() ?? "" };
        }

        // A caller's own would join his request to another's invocation.
        http.Request.Headers[InvocationHeader] = request.InvocationId;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var invoked = invoker.InvokeAsync(
            worker, function, request, TraceOf(http), () => sent.TrySetResult(), either.Token);
        // As at the real host: with the request, the worker waits for the invocation for five seconds, and with the
        // invocation for the request for fifteen.
        if (await Task.WhenAny(sent.Task, invoked) == invoked && invoked.IsFaulted)
        {
            TellFailure(http);
            return;
        }

        var forwarded = forwarder
            .SendAsync(http, address, _client, Limits, HttpTransformer.Default, either.Token).AsTask();
        await Task.WhenAny(forwarded, invoked);
        var functionFailed = invoked.IsFaulted;
        if (functionFailed || (forwarded.IsCompleted && await forwarded != ForwarderError.None))
        {
            // One half without the other leads to nothing.
            await either.CancelAsync();
        }

        if (await forwarded is not ForwarderError.None and var error
            && !functionFailed && !http.RequestAborted.IsCancellationRequested)
        {
            Log.CutOff(
                logger, function.Name, request.InvocationId, error,
                http.GetForwarderErrorFeature()?.Exception?.GetBaseException().Message);
        }

        if (!either.IsCancellationRequested || http.RequestAborted.IsCancellationRequested)
        {
            // Otherwise the answer is there, and must not wait for a function that does not heed its token.
            await invoked.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (invoked.IsFaulted)
        {
            TellFailure(http);
        }
    }

    // A request without a trace begins one. Whether it is kept is for the app to decide, which drops one that says
    // it is not.
    static ActivityContext TraceOf(HttpContext http)
    {
        var request = http.Features.Get<IHttpActivityFeature>()?.Activity;
        if (request?.ParentId is null)
        {
            request?.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
        }

        return request?.Context ?? default;
    }

    // Why it failed, the invoker has logged.
    static void TellFailure(HttpContext http)
    {
        if (http.Response.HasStarted)
        {
            // What was sent must not look whole.
            http.Abort();
        }
        else
        {
            http.Response.Clear();
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    async Task<RunningWorker?> WorkerAsync(CancellationToken callerGone)
    {
        using var patience = new CancellationTokenSource(RestartPatience, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, callerGone, cutOff);
        try
        {
            return await workers.CurrentAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning,
            "A request to function {Function} was cut off between the host and the worker "
            + "(invocation {InvocationId}, {Error}): {Reason}")]
        public static partial void CutOff(
            ILogger logger, string function, string invocationId, ForwarderError error, string? reason);
    }
}
