using System.Net;
using System.Text;
using Atrium.Local.Host.Http;
using Atrium.Local.Host.Tests.Support;
using Atrium.Local.Host.Timers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Local.Host.Tests.Timers;

public sealed class TimerAdminTests : IAsyncLifetime
{
    const string NoInput = """{"input":""}""";

    readonly FakeInvoker _runs = new();
    readonly TimerLoop _timer;
    readonly WebApplication _open;
    readonly WebApplication _locked;

    public TimerAdminTests()
    {
        _timer = Timer();
        _open = Web(new(Settings()));
        _locked = Web(new(Settings(("FunctionKeys:default", "one"), ("FunctionKeys:master", "top"))));
    }

    public async Task InitializeAsync()
    {
        await _open.StartAsync();
        await _locked.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _open.DisposeAsync();
        await _locked.DisposeAsync();
        await _timer.DisposeAsync();
    }

    [Fact]
    public async Task A_timer_function_runs_when_asked_to_and_the_answer_does_not_wait_for_it()
    {
        Assert.Equal(HttpStatusCode.Accepted, await AskAsync(_open, "Tick"));
        Assert.Equal(HttpStatusCode.Accepted, await AskAsync(_open, "tick"));
        Assert.False((await _runs.NextAsync()).IsPastDue);
        await _runs.NextAsync();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"\ud800":1}""")]
    public async Task Any_object_will_do(string body)
    {
        Assert.Equal(HttpStatusCode.Accepted, await AskAsync(_open, "Tick", body: body));
        await _runs.NextAsync();
    }

    [Theory]
    [InlineData("Tock", NoInput, "application/json", HttpStatusCode.NotFound)]
    [InlineData("Tick", "", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("Tick", "[]", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("Tick", "\"\\ud800\"", "application/json", HttpStatusCode.BadRequest)]
    [InlineData("Tick", NoInput, "text/plain", HttpStatusCode.UnsupportedMediaType)]
    public async Task What_is_no_such_request_runs_nothing(
        string function, string body, string type, HttpStatusCode expected)
    {
        Assert.Equal(expected, await AskAsync(_open, function, body: body, type: type));
        Assert.False(_runs.Any);
    }

    [Fact]
    public async Task It_takes_a_post()
    {
        using var http = new HttpClient { BaseAddress = WebServers.Addresses(_open)[0] };
        using var answer = await http.GetAsync(new Uri("/admin/functions/Tick", UriKind.Relative));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("one", HttpStatusCode.Unauthorized)]
    [InlineData("top", HttpStatusCode.Accepted)]
    public async Task With_keys_it_asks_for_the_master_key(string? key, HttpStatusCode expected) =>
        Assert.Equal(expected, await AskAsync(_locked, "Tick", key));

    [Fact]
    public async Task A_host_that_stops_begins_no_run()
    {
        await _timer.StopAsync(CancellationToken.None);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await AskAsync(_open, "Tick"));
        Assert.False(_runs.Any);
    }

    TimerLoop Timer() => new(
        AFunction.Named("Tick", new { type = "timerTrigger", name = "timer", schedule = HostSetup.NewYear }),
        Settings(), "timers", _runs.InvokeAsync, new SteppedTime());

    WebApplication Web(FunctionKeys keys)
    {
        var builder = WebServers.Create(NullLoggerFactory.Instance);
        new FunctionsPort(0).Listen(builder.WebHost);
        var web = builder.Build();
        TimerAdmin.Map(web, [_timer], keys);
        return web;
    }

    static async Task<HttpStatusCode> AskAsync(
        WebApplication web, string function, string? key = null, string body = NoInput,
        string type = "application/json")
    {
        using var http = new HttpClient { BaseAddress = WebServers.Addresses(web)[0] };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/admin/functions/{function}")
        {
            Content = new StringContent(body, Encoding.UTF8, type),
        };
        if (key is not null)
        {
            request.Headers.Add(FunctionKeys.HeaderName, key);
        }

        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    static IConfiguration Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value))
            .Build();
}
