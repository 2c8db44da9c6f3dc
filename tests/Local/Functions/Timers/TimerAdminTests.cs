using System.Net;
using System.Text;
using System.Threading.Channels;
using Atrium.Local.Functions.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Atrium.Local.Functions.Tests.Timers;

public sealed class TimerAdminTests
{
    const string NoInput = """{"input":""}""";

    readonly SteppedTime _time = new();
    readonly Channel<TimerInfo> _runs = Channel.CreateUnbounded<TimerInfo>();
    readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_timer_function_runs_when_asked_to_and_the_answer_does_not_wait_for_it()
    {
        await using var host = await StartAsync();

        Assert.Equal(HttpStatusCode.Accepted, await AskAsync(host, "Tick"));
        Assert.Equal(HttpStatusCode.Accepted, await AskAsync(host, "tick"));

        Assert.False((await _runs.Reader.ReadAsync().AsTask().Soon()).IsPastDue);
        await _runs.Reader.ReadAsync().AsTask().Soon();
        _end.SetResult();
    }

    [Fact]
    public async Task The_stop_waits_for_it_as_long_as_for_any_other()
    {
        await using var host = await StartAsync();
        await AskAsync(host, "Tick");
        await _runs.Reader.ReadAsync().AsTask().Soon();

        var stop = host.Host.StopAsync();
        await _time.PassAsync(FunctionsHost.DrainTime + FunctionsHost.GraceTime);
        await stop.Soon();

        Assert.Contains(host.Logs.Lines, line => line.Contains("they are left behind", StringComparison.Ordinal));
        _end.SetResult();
    }

    [Fact]
    public async Task One_that_fails_is_logged()
    {
        await using var host = await StartAsync();
        _end.SetException(new InvalidOperationException("no luck"));

        Assert.Equal(HttpStatusCode.Accepted, await AskAsync(host, "Tick"));

        Assert.Contains("no luck", await host.Logs.WaitForAsync("Function Tick failed"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Tock", NoInput, "application/json", HttpStatusCode.NotFound)]
    [InlineData("Page", NoInput, "application/json", HttpStatusCode.NotFound)]
    [InlineData("Tick", "", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("Tick", "[]", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("Tick", "{}", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("Tick", NoInput, "text/plain", HttpStatusCode.UnsupportedMediaType)]
    public async Task What_is_no_such_request_runs_nothing(string function, string body, string type, HttpStatusCode expected)
    {
        await using var host = await StartAsync();

        Assert.Equal(expected, await AskAsync(host, function, body: body, type: type));
        Assert.Equal(0, _runs.Reader.Count);
    }

    [Fact]
    public async Task It_takes_a_post()
    {
        await using var host = await StartAsync();

        using var answer = await host.Http.GetAsync(new Uri("/admin/functions/Tick", UriKind.Relative));

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("one", HttpStatusCode.Unauthorized)]
    [InlineData("top", HttpStatusCode.Accepted)]
    public async Task With_keys_it_asks_for_the_master_key(string? key, HttpStatusCode expected)
    {
        await using var host = await StartAsync(("FunctionKeys:default", "one"), ("FunctionKeys:master", "top"));
        _end.SetResult();

        Assert.Equal(expected, await AskAsync(host, "Tick", key));
    }

    Task<RunningHost> StartAsync(params (string Name, string Value)[] settings) => RunningHost.StartAsync([typeof(Ticking)], builder =>
    {
        builder.Services.AddSingleton<TimeProvider>(_time).AddSingleton(this);
        foreach (var (name, value) in settings)
        {
            builder.Configuration[name] = value;
        }
    });

    static async Task<HttpStatusCode> AskAsync(RunningHost host, string function, string? key = null, string body = NoInput, string type = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/admin/functions/{function}") { Content = new StringContent(body, Encoding.UTF8, type) };
        if (key is not null)
        {
            request.Headers.Add("x-functions-key", key);
        }

        using var answer = await host.Http.SendAsync(request);
        return answer.StatusCode;
    }

    Task BeginAsync(TimerInfo timer)
    {
        _runs.Writer.TryWrite(timer);
        return _end.Task;
    }

    sealed class Ticking(TimerAdminTests test)
    {
        [Function("Tick")]
        public Task TickAsync([TimerTrigger("0 0 0 1 1 *")] TimerInfo timer) => test.BeginAsync(timer);

        [Function("Page")]
        public static string Page([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => request.Method;
    }
}
