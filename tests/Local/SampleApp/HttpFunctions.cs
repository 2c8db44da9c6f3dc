using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.SampleApp;

/// <summary>What HTTP can do.</summary>
internal sealed partial class HttpFunctions(Gates gates, ILogger<HttpFunctions> logger)
{
    /// <summary>The body comes back as it went, and what else there was stands in headers.</summary>
    [Function("Echo")]
    public static async Task EchoAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "echo/{*rest}")] HttpRequest request)
    {
        // Read to its end before anything is answered: between host and worker a request and its answer do not flow at
        // the same time.
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        var response = request.HttpContext.Response;
        response.StatusCode = StatusCodes.Status203NonAuthoritative;
        response.ContentType = request.ContentType;
        response.Headers["seen-method"] = request.Method;
        response.Headers["seen-address"] = request.GetEncodedUrl();
        foreach (var (name, value) in request.Headers)
        {
            response.Headers[$"seen-{name}"] = value;
        }

        await response.Body.WriteAsync(body.ToArray());
    }

    [Function("Plain")]
    public static IActionResult Plain([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head")] HttpRequest request) =>
        new OkObjectResult($"plain {request.Query["q"]}");

    [Function("Numbers")]
    public static IActionResult Numbers(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "numbers/{n:int}/{part?}")] HttpRequest request,
        int n, string? part) =>
        new OkObjectResult($"{n + 1} {part ?? "all"} {request.RouteValues["n"]}");

    [Function("Locked")]
    public static IActionResult Locked([HttpTrigger(AuthorizationLevel.Function, "get")] HttpRequest request) =>
        new OkObjectResult(request.Method);

    [Function("Status")]
    public static IActionResult Status(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "status/{code:int}")] HttpRequest request, int code)
    {
        request.HttpContext.Response.Headers.RetryAfter = "7";
        return new StatusCodeResult(code);
    }

    [Function("Throws")]
    public static async Task<IActionResult> ThrowsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throws/{early:bool}")] HttpRequest request,
        bool early)
    {
        if (!early)
        {
            await request.HttpContext.Response.WriteAsync("begun");
            await request.HttpContext.Response.Body.FlushAsync();
        }

        throw new InvalidOperationException("The reason, which is nobody's business.");
    }

    /// <summary>Two lines, between which it waits.</summary>
    [Function("Streams")]
    public async Task StreamsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "streams/{gate}")] HttpRequest request, string gate)
    {
        await request.HttpContext.Response.WriteAsync("first\n");
        await request.HttpContext.Response.Body.FlushAsync();
        await gates.PassAsync(gate);
        await request.HttpContext.Response.WriteAsync("second\n");
    }

    [Function("Open")]
    public IActionResult Open(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "gates/{gate}")] HttpRequest request, string gate)
    {
        ArgumentNullException.ThrowIfNull(request);
        gates.Open(gate);
        return new NoContentResult();
    }

    /// <summary>
    /// Opens the gates that the body names; a body that takes its time opens them while the host takes no more
    /// requests.
    /// </summary>
    [Function("OpenAll")]
    public async Task<IActionResult> OpenAllAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "gates")] HttpRequest request)
    {
        Log.Waits(logger, "The keeper");
        using var names = new StreamReader(request.Body);
        while (await names.ReadLineAsync() is { } name)
        {
            gates.Open(name);
        }

        return new NoContentResult();
    }

    /// <summary>Goes on until it is cancelled.</summary>
    [Function("Waits")]
    public async Task<IActionResult> WaitsAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "waits/{name}")] HttpRequest request, string name,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(cancelled.SetResult);
        Log.Waits(logger, name);
        await cancelled.Task;
        Log.Cancelled(logger, name);
        return new OkObjectResult("cancelled");
    }

    /// <summary>Goes on until its gate is open, whatever its token says.</summary>
    [Function("Held")]
    public async Task<IActionResult> HeldAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "held/{gate}")] HttpRequest request, string gate)
    {
        ArgumentNullException.ThrowIfNull(request);
        Log.Waits(logger, gate);
        await gates.PassAsync(gate);
        return new OkObjectResult("passed");
    }

    [Function("Trace")]
    public static IActionResult Trace(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request, FunctionContext context) =>
        new OkObjectResult(
            $"{context.TraceContext.TraceParent} {context.TraceContext.TraceState} "
            + $"{request.Headers["x-ms-invocation-id"] == context.InvocationId} {Activity.Current?.TraceId}");

    /// <summary>Ends the process in the middle of it.</summary>
    [Function("Exit")]
    public static void Exit([HttpTrigger(AuthorizationLevel.Anonymous, "post")] HttpRequest request) =>
        Environment.Exit(request.Method.Length);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Name} waits")]
        public static partial void Waits(ILogger logger, string name);

        [LoggerMessage(2, LogLevel.Information, "{Name} was cancelled")]
        public static partial void Cancelled(ILogger logger, string name);
    }
}
