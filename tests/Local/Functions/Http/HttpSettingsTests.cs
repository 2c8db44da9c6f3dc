using Atrium.Local.Functions.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Atrium.Local.Functions.Tests.Http;

public sealed class HttpSettingsTests
{
    [Theory]
    [InlineData("", "/Hello")]
    [InlineData("v2/hooks", "/v2/hooks/Hello")]
    public async Task The_route_prefix_is_host_jsons(string prefix, string path)
    {
        await using var host = await RunningHost.StartAsync([typeof(Greeting)], hostJson: $$"""{ "extensions": { "http": { "routePrefix": "{{prefix}}" } } }""");
        Assert.Equal("hello", await host.Http.GetStringAsync(new Uri(path, UriKind.Relative)));
    }

    [Theory]
    [InlineData("*", "https://a.example", "https://a.example")]
    [InlineData("https://a.example", "https://a.example", "https://a.example")]
    [InlineData("https://a.example", "https://b.example", null)]
    public async Task Browsers_may_call_from_the_origins_of_the_settings_file(string allowed, string origin, string? answered)
    {
        await using var host = await RunningHost.StartAsync(
            [typeof(Greeting)], localSettings: $$"""{ "Host": { "CORS": "{{allowed}}", "CORSCredentials": true } }""");
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/Hello");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "GET");
        using var answer = await host.Http.SendAsync(request);
        Assert.Equal(answered, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null);
    }

    [Fact]
    public async Task The_port_is_the_settings_files_when_no_argument_says_otherwise()
    {
        await using var host = await RunningHost.StartAsync([typeof(Greeting)], localSettings: """{ "Host": { "LocalHttpPort": 0 } }""", args: []);
        Assert.NotEqual(7071, host.Host.Address.Port);
        Assert.Equal("hello", await host.Http.GetStringAsync(new Uri("/api/Hello", UriKind.Relative)));
    }

    [Fact]
    public async Task The_token_is_cancelled_after_the_function_timeout()
    {
        var time = new FakeTimeProvider();
        await using var host = await RunningHost.StartAsync(
            [typeof(Greeting)], builder => builder.Services.AddSingleton<TimeProvider>(time), hostJson: """{ "functionTimeout": "00:01:00" }""");
        var call = host.Http.GetStringAsync(new Uri("/api/Stuck", UriKind.Relative));
        await Greeting.Stuck.Task.Soon();
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("cancelled", await call.Soon());
        await host.Logs.WaitForAsync("Function Stuck has run for 00:01:00, host.json's functionTimeout");
    }

    [Fact]
    public async Task Stopping_lets_a_request_under_way_end_and_accepts_no_other()
    {
        await using var host = await RunningHost.StartAsync([typeof(Held)]);
        var call = host.Http.GetStringAsync(new Uri("/api/Held", UriKind.Relative));
        await Held.Begun.Task.Soon();
        var stopping = host.Host.StopAsync();
        await host.Logs.WaitForAsync("Stopping");
        Assert.False(stopping.IsCompleted);
        Held.End.SetResult();
        Assert.Equal("done", await call.Soon());
        await stopping.Soon();
        await Assert.ThrowsAsync<HttpRequestException>(() => host.Http.GetStringAsync(new Uri("/api/Held", UriKind.Relative)));
    }

    [Fact]
    public void Http_functions_need_ASP_NET_Core()
    {
        using var folder = new TempFolder();
        var builder = new FunctionsApplicationBuilder([], new HostSite(folder.Path, [typeof(Greeting)], TextWriter.Null));
        Assert.Contains("builder.ConfigureFunctionsWebApplication()", Assert.Throws<HostStartException>(builder.Build).Message, StringComparison.Ordinal);
    }

    sealed class Held
    {
        public static TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public static TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [Function("Held")]
        public static async Task<string> RunAsync([HttpTrigger("get")] HttpRequest request)
        {
            Begun.TrySetResult();
            await End.Task;
            return request.Path.HasValue ? "done" : "";
        }
    }

    sealed class Greeting
    {
        public static TaskCompletionSource Stuck { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [Function("Hello")]
        public static string Hello([HttpTrigger("get")] HttpRequest request) => request.Path.HasValue ? "hello" : "";

        [Function("Stuck")]
        public static async Task<string> RunStuck([HttpTrigger("get")] HttpRequest request, FunctionContext context)
        {
            var cancelled = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = context.CancellationToken.Register(() => cancelled.SetResult("cancelled"));
            Stuck.TrySetResult();
            return request.Path.HasValue ? await cancelled.Task : "";
        }
    }
}
