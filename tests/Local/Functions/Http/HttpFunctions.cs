using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Atrium.Local.Functions.Tests.Http;

sealed class HttpFunctions(HttpFunctions.Scoped scoped, IServiceProvider services)
{
    public static TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static void Configure(FunctionsApplicationBuilder builder) => builder.Services.AddScoped<Scoped>();

    [Function("Echo")]
    public static string Echo([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => request.Method == "GET" ? "echo" : "?";

    [Function("Any")]
    public static string Any([HttpTrigger(AuthorizationLevel.Anonymous, Route = "any")] HttpRequest request) => request.Method;

    [Function("Number")]
    public static string Number([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "numbers/{n:int}")] HttpRequest request, int n) => request.Path.HasValue ? $"{n + 1}" : "";

    [Function("Thing")]
    public static string Thing([HttpTrigger("get", Route = "things/{id}/{part?}")] HttpRequest request, Guid id, string part = "all") => request.Path.HasValue ? $"{id}/{part}" : "";

    [Function("Action")]
    public static Task<IActionResult> Action([HttpTrigger("get", Route = "action")] HttpRequest request) =>
        Task.FromResult<IActionResult>(new AcceptedResult((string?)null, new { HelloWorld = request.Headers.Count > 0 ? 1 : 0 }));

    [Function("Result")]
    public static async Task<IResult> Result([HttpTrigger("get", Route = "result")] HttpRequest request)
    {
        await Task.Yield();
        return Results.Json(new { HelloWorld = request.Headers.Count > 0 ? 2 : 0 });
    }

    [Function("Value")]
    public static ValueTask<string> Value([HttpTrigger("get", Route = "value-task")] HttpRequest request) => new(request.Path.HasValue ? "value" : "");

    [Function("Nothing")]
    public static Task Nothing([HttpTrigger("get", Route = "nothing-returned")] HttpRequest request)
    {
        request.HttpContext.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    [Function("Throws")]
    public static string Throws([HttpTrigger("get", Route = "throws")] HttpRequest request) => throw new InvalidOperationException($"the reason: {request.Path}");

    [Function("Scope")]
    public string Scope([HttpTrigger("get", Route = "scope")] HttpRequest request, FunctionContext context) =>
        $"{ReferenceEquals(scoped, context.InstanceServices.GetRequiredService<Scoped>()) && services.GetRequiredService<Scoped>() == scoped && request.Path.HasValue} {scoped.Id}";

    [Function("Waits")]
    public static async Task Waits([HttpTrigger("get", Route = "waits")] HttpRequest request, CancellationToken cancellationToken)
    {
        Waiting.SetResult();
        await using var cancelled = cancellationToken.Register(Cancelled.SetResult);
        await Cancelled.Task;
        request.HttpContext.RequestAborted.ThrowIfCancellationRequested();
    }

    [Function("Reads")]
    public static async Task Reads([HttpTrigger("post", Route = "reads")] HttpRequest request) => await request.Body.CopyToAsync(Stream.Null);

    [Function("Trace")]
    public static string Trace([HttpTrigger("get", Route = "trace")] HttpRequest request, FunctionContext context) =>
        request.Path.HasValue ? $"{context.TraceContext.TraceParent} {context.TraceContext.TraceState} {Activity.Current?.TraceId}" : "";

    internal sealed class Scoped
    {
        public Guid Id { get; } = Guid.NewGuid();
    }
}
