using System.Net;
using Atrium.Local.Functions.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Local.Functions.Tests.Http;

public sealed class FunctionKeysTests
{
    [Fact]
    public async Task Without_keys_everything_is_open()
    {
        await using var host = await RunningHost.StartAsync([typeof(Guarded)]);
        foreach (var path in new[] { "anonymous", "function", "admin", "bare" })
        {
            Assert.Equal("in", await host.Http.GetStringAsync(new Uri($"/api/{path}", UriKind.Relative)));
        }
    }

    [Fact]
    public async Task With_keys_each_level_asks_for_its_own()
    {
        await using var host = await StartLockedAsync();
        foreach (var (path, key, admitted) in new[]
        {
            ("anonymous", null, true), ("methods", null, true),
            ("function", null, false), ("function", "", false), ("function", "wrong", false), ("function", "one", true), ("function", "two", true), ("function", "top", true),
            ("bare", null, false), ("bare", "one", true),
            ("admin", "one", false), ("admin", "top", true), ("admin", null, false),
        })
        {
            Assert.Equal((path, key, Expected(admitted)), (path, key, await CallAsync(host, path, header: key)));
            Assert.Equal((path, key, Expected(admitted)), (path, key, await CallAsync(host, path, query: key)));
        }
    }

    [Fact]
    public async Task A_refused_call_is_401_with_an_empty_body_and_never_reaches_the_function()
    {
        await using var host = await StartLockedAsync();
        using var answer = await host.Http.GetAsync(new Uri("/api/function?code=almost-secret", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        Assert.DoesNotContain(host.Logs.Lines, line => line.Contains("Executing function", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Keys_are_not_logged_even_when_every_level_is_switched_on()
    {
        await using var host = await RunningHost.StartAsync([typeof(Guarded)], builder =>
        {
            builder.Configuration["FunctionKeys:default"] = "key-that-nobody-may-read";
            builder.Configuration["Logging:LogLevel:Default"] = "Trace";
            builder.Configuration["Logging:LogLevel:Microsoft.AspNetCore"] = "Trace";
            builder.Configuration["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "Trace";
        });
        Assert.Equal(HttpStatusCode.OK, await CallAsync(host, "function", query: "key-that-nobody-may-read"));
        Assert.Equal(HttpStatusCode.OK, await CallAsync(host, "function", header: "key-that-nobody-may-read"));
        Assert.DoesNotContain(host.Logs.Lines, line => line.Contains("nobody-may-read", StringComparison.Ordinal));
        Assert.Contains(host.Logs.Lines, line => line.Contains("Executing endpoint", StringComparison.Ordinal));
    }

    [Fact]
    public void An_empty_key_is_refused_at_start()
    {
        var message = RunningHost.WhyNotBuilt([typeof(Guarded)], builder => builder.Configuration["FunctionKeys:default"] = " ");
        Assert.Contains("FunctionKeys__default is empty", message, StringComparison.Ordinal);
    }

    static Task<RunningHost> StartLockedAsync() => RunningHost.StartAsync([typeof(Guarded)], builder =>
    {
        builder.Configuration["FunctionKeys:default"] = "one";
        builder.Configuration["FunctionKeys:other"] = "two";
        builder.Configuration["FunctionKeys:Master"] = "top";
    });

    static HttpStatusCode Expected(bool admitted) => admitted ? HttpStatusCode.OK : HttpStatusCode.Unauthorized;

    static async Task<HttpStatusCode> CallAsync(RunningHost host, string path, string? header = null, string? query = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/{path}{(query is null ? "" : $"?code={query}")}");
        if (header is not null)
        {
            request.Headers.Add("x-functions-key", header);
        }

        using var answer = await host.Http.SendAsync(request);
        return answer.StatusCode;
    }

    sealed class Guarded
    {
        [Function("Anonymous")]
        public static string Anonymous([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => In(request);

        [Function("Methods")]
        public static string Methods([HttpTrigger("get")] HttpRequest request) => In(request);

        [Function("Function")]
        public static string Function([HttpTrigger(AuthorizationLevel.Function, "get")] HttpRequest request) => In(request);

        [Function("Bare")]
        public static string Bare([HttpTrigger] HttpRequest request) => In(request);

        [Function("Admin")]
        public static string Admin([HttpTrigger(AuthorizationLevel.Admin)] HttpRequest request) => In(request);

        static string In(HttpRequest request) => request.Path.HasValue ? "in" : "";
    }
}
