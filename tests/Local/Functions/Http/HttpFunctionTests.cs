using System.Net;
using System.Text;
using Atrium.Local.Functions.Tests.Support;

namespace Atrium.Local.Functions.Tests.Http;

public sealed class HttpFunctionTests(HttpFunctionTests.Fixture fixture) : IClassFixture<HttpFunctionTests.Fixture>
{
    HttpClient Http => fixture.Host.Http;

    [Theory]
    [InlineData("GET", "/api/Echo", 200, "echo")]
    [InlineData("GET", "/API/echo", 200, "echo")]
    [InlineData("GET", "/Echo", 404, "")]
    [InlineData("GET", "/api/nothing", 404, "")]
    [InlineData("POST", "/api/Echo", 405, "")]
    [InlineData("DELETE", "/api/any", 200, "DELETE")]
    [InlineData("GET", "/api/numbers/41", 200, "42")]
    [InlineData("GET", "/api/numbers/many", 404, "")]
    [InlineData("GET", "/api/things/0193a2c4-0000-7000-8000-000000000000", 200, "0193a2c4-0000-7000-8000-000000000000/all")]
    [InlineData("GET", "/api/things/0193a2c4-0000-7000-8000-000000000000/one", 200, "0193a2c4-0000-7000-8000-000000000000/one")]
    [InlineData("GET", "/api/things/none", 500, "")]
    [InlineData("GET", "/api/action", 202, """{"helloWorld":1}""")]
    [InlineData("GET", "/api/result", 200, """{"helloWorld":2}""")]
    [InlineData("GET", "/api/value-task", 200, "value")]
    [InlineData("GET", "/api/nothing-returned", 204, "")]
    [InlineData("GET", "/api/throws", 500, "")]
    public async Task Serves_routes_methods_values_and_results(string method, string path, int status, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await Http.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(body, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_failure_is_logged_with_the_functions_name_and_not_told_to_the_caller()
    {
        using var answer = await Http.GetAsync(new Uri("/api/throws", UriKind.Relative));
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("the reason", await fixture.Host.Logs.WaitForAsync("Function Throws failed"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_class_is_made_anew_for_each_call_out_of_services_of_its_own()
    {
        var first = await Http.GetStringAsync(new Uri("/api/scope", UriKind.Relative));
        var second = await Http.GetStringAsync(new Uri("/api/scope", UriKind.Relative));
        Assert.Equal("True", first.Split(' ')[0]);
        Assert.NotEqual(first.Split(' ')[1], second.Split(' ')[1]);
    }

    [Fact]
    public async Task The_token_is_cancelled_when_the_caller_goes_away()
    {
        using var leaving = new CancellationTokenSource();
        var call = Http.GetAsync(new Uri("/api/waits", UriKind.Relative), leaving.Token);
        await HttpFunctions.Waiting.Task.Soon();
        await leaving.CancelAsync();
        await HttpFunctions.Cancelled.Task.Soon();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_body_above_100_MB_is_refused_when_it_is_read()
    {
        // Only the announcement is sent: the server judges by that.
        using var caller = new System.Net.Sockets.TcpClient();
        await caller.ConnectAsync(IPAddress.Loopback, fixture.Host.Host.Address.Port);
        var head = $"POST /api/reads HTTP/1.1\r\nHost: localhost\r\nContent-Length: {(100 * 1024 * 1024) + 1}\r\n\r\n";
        await caller.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        using var reader = new StreamReader(caller.GetStream());
        Assert.StartsWith("HTTP/1.1 413", await reader.ReadLineAsync().Soon(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_trace_of_the_caller_is_the_invocations()
    {
        const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/trace");
        request.Headers.Add("traceparent", Parent);
        request.Headers.Add("tracestate", "a=b");
        using var answer = await Http.SendAsync(request);
        Assert.Equal($"{Parent} a=b 0af7651916cd43dd8448eb211c80319c", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public void Lists_names_methods_and_addresses()
    {
        Assert.Contains($"Echo: [GET] {fixture.Host.Host.Address}api/Echo", fixture.Host.Output, StringComparison.Ordinal);
        Assert.Contains($"Any: [ANY] {fixture.Host.Host.Address}api/any", fixture.Host.Output, StringComparison.Ordinal);
        Assert.Contains($"Number: [GET] {fixture.Host.Host.Address}api/numbers/{{n:int}}", fixture.Host.Output, StringComparison.Ordinal);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal RunningHost Host { get; private set; } = null!;

        public async Task InitializeAsync() => Host = await RunningHost.StartAsync([typeof(HttpFunctions)], HttpFunctions.Configure);

        public async Task DisposeAsync() => await Host.DisposeAsync();
    }
}
