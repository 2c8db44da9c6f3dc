using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Atrium.Local.Host.Tests.Support;

namespace Atrium.Local.Host.Tests.Http;

[Collection(nameof(SharedHost))]
public sealed class ForwardingTests(SharedHost shared)
{
    RunningHost Host => shared.Host;

    HttpClient Http => shared.Host.Http;

    [Theory]
    [InlineData("GET", "/api/Plain?q=1", 200, "plain 1")]
    [InlineData("GET", "/API/plain", 200, "plain ")]
    [InlineData("HEAD", "/api/Plain", 200, "")]
    [InlineData("OPTIONS", "/api/echo", 203, "")]
    [InlineData("GET", "/api/numbers/41", 200, "42 all 41")]
    [InlineData("GET", "/api/numbers/41/a%20b", 200, "42 a b 41")]
    [InlineData("GET", "/api/status/429", 429, "")]
    [InlineData("GET", "/api/throws/true", 500, "")]
    public async Task Routes_methods_constraints_and_statuses_are_the_functions(
        string method, string path, int status, string body)
    {
        using var answer = await SendAsync(new(new HttpMethod(method), path));
        Assert.Equal((status, body), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Address_and_headers_arrive_as_they_were_sent()
    {
        const string Path = "/api/echo/a%20b/%C3%BC?x=1%2F2&y=%20&y=z";
        using var request = new HttpRequestMessage(HttpMethod.Patch, Path);
        request.Headers.Add("X-Custom", ["one", "two"]);
        request.Headers.TryAddWithoutValidation("X-Umlaut", "plain");
        request.Headers.Add("Cookie", "a=b; c=d");
        using var answer = await SendAsync(request);
        Assert.Equal($"{Host.Http.BaseAddress!.AbsoluteUri.TrimEnd('/')}{Path}", Seen(answer, "address"));
        Assert.Equal("PATCH", Seen(answer, "method"));
        Assert.Equal("one, two", Seen(answer, "X-Custom"));
        Assert.Equal("a=b; c=d", Seen(answer, "Cookie"));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(0, true)]
    [InlineData(3 * 1024 * 1024, false)]
    [InlineData(3 * 1024 * 1024, true)]
    public async Task A_body_comes_back_byte_by_byte(int length, bool chunked)
    {
        var body = RandomNumberGenerator.GetBytes(length);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/echo")
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new("application/x-odd");
        request.Headers.TransferEncodingChunked = chunked;
        using var answer = await SendAsync(request);
        Assert.Equal("application/x-odd", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(chunked ? null : $"{length}", Seen(answer, "Content-Length"));
    }

    [Fact]
    public async Task A_header_of_the_answer_arrives()
    {
        using var answer = await SendAsync(new(HttpMethod.Get, "/api/status/503"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), answer.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task What_is_for_the_next_hop_only_goes_no_further()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/echo");
        request.Headers.TryAddWithoutValidation("Keep-Alive", "timeout=5");
        request.Headers.TryAddWithoutValidation("Proxy-Authorization", "Basic x");
        request.Headers.TE.Add(new("trailers"));
        using var answer = await SendAsync(request);
        Assert.Equal((null, null), (Seen(answer, "Keep-Alive"), Seen(answer, "Proxy-Connection")));
        Assert.Null(answer.Headers.Connection.FirstOrDefault());
    }

    [Fact]
    public async Task An_answer_arrives_while_it_is_made()
    {
        using var answer = await Http.GetAsync(
            new Uri("/api/streams/a-stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("first", await reader.ReadLineAsync().Soon());
        await Host.OpenAsync("a-stream");
        Assert.Equal("second", await reader.ReadLineAsync().Soon());
        Assert.Null(await reader.ReadLineAsync().Soon());
    }

    [Fact]
    public async Task A_callers_own_invocation_id_counts_for_nothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/Trace");
        request.Headers.Add("x-ms-invocation-id", "mine");
        using var answer = await SendAsync(request);
        Assert.Contains(" True ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_callers_trace_goes_on_in_the_invocation()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/Trace");
        request.Headers.Add("traceparent", $"00-{Trace}-b7ad6b7169203331-00");
        request.Headers.Add("tracestate", "a=b");
        using var answer = await SendAsync(request);
        Assert.Matches($"^00-{Trace}-[0-9a-f]{{16}}-00 a=b ", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_request_without_a_trace_begins_one_that_may_be_kept()
    {
        using var invocation = await SendAsync(new(HttpMethod.Get, "/api/Trace"));
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-01 ", await invocation.Content.ReadAsStringAsync());
        using var request = await SendAsync(new(HttpMethod.Get, "/api/echo"));
        Assert.EndsWith("-01", Seen(request, "traceparent"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_is_logged_and_not_told_to_the_caller()
    {
        using var answer = await SendAsync(new(HttpMethod.Get, "/api/throws/true"));
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        await Host.Process.LineAsync(line => line.Contains("Function Throws failed", StringComparison.Ordinal)
            && line.Contains("nobody's business", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_does_not_look_whole()
    {
        using var answer = await Http.GetAsync(
            new Uri("/api/throws/false", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_token_is_cancelled_when_the_caller_goes_away()
    {
        using var leaving = new CancellationTokenSource();
        var call = Http.GetAsync(new Uri("/api/waits/caller", UriKind.Relative), leaving.Token);
        await Host.Process.LineAsync("caller waits");
        await leaving.CancelAsync();
        await Host.Process.LineAsync("caller was cancelled");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_body_above_210_million_bytes_is_refused_by_its_announcement()
    {
        using var caller = new TcpClient();
        await caller.ConnectAsync(IPAddress.Loopback, Http.BaseAddress!.Port);
        const string Head = "POST /api/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 210000001\r\n\r\n";
        await caller.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Head));
        using var reader = new StreamReader(caller.GetStream());
        Assert.StartsWith("HTTP/1.1 413", await reader.ReadLineAsync().Soon(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_free_port_is_had_on_both_addresses_of_localhost()
    {
        foreach (var address in LoopbackAddresses())
        {
            using var caller = new TcpClient(address.AddressFamily);
            await caller.ConnectAsync(address, Http.BaseAddress!.Port);
            await caller.GetStream().WriteAsync("GET /api/Plain HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            using var reader = new StreamReader(caller.GetStream());
            Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync().Soon());
        }
    }

    [Fact]
    public void The_listing_names_methods_and_addresses()
    {
        var lines = Host.Process.Lines.Select(line => line.Trim()).ToList();
        Assert.Contains($"Plain: [GET,HEAD] {Http.BaseAddress}api/Plain", lines);
        Assert.Contains($"Echo: [ANY] {Http.BaseAddress}api/echo/{{*rest}}", lines);
        Assert.Contains($"Numbers: [GET] {Http.BaseAddress}api/numbers/{{n:int}}/{{part?}}", lines);
        Assert.Contains("Manual: serviceBusTrigger manual", lines);
        Assert.Contains($"Tick: timerTrigger {HostSetup.NewYear}", lines);
    }

    [Fact]
    public void The_screen_ends_with_the_commands_the_address_and_how_to_stop()
    {
        var screen = Host.Process.Lines.SkipWhile(line => !line.StartsWith("  API ", StringComparison.Ordinal))
            .TakeWhile(line => !line.StartsWith("Ctrl-C", StringComparison.Ordinal)).ToList();
        // How to stop and the page's address follow, each on a line. All of it fits a terminal of 80 by 24.
        Assert.InRange(screen.Count, 10, 22);
        Assert.Contains(screen, line => line.StartsWith("Subscribe:", StringComparison.Ordinal));
        Assert.Contains(screen, line => line.StartsWith("Publish:", StringComparison.Ordinal));
        Assert.Equal($"Ready on {Http.BaseAddress!.AbsoluteUri.TrimEnd('/')}", screen[^1]);
        Assert.DoesNotContain(Host.Process.Lines, line => line.Contains('\e'));
    }

    [Fact]
    public async Task The_first_page_says_where_to_begin()
    {
        var first = await Http.GetFromJsonAsync<JsonElement>(new Uri("/", UriKind.Relative));
        Assert.Equal("/api/openapi.json", first.GetProperty("description").GetString());
        Assert.Equal("/api/console/#tenant={tenant}", first.GetProperty("page").GetString());
        Assert.Equal(
            first.ToString(),
            (await Http.GetFromJsonAsync<JsonElement>(new Uri("/api", UriKind.Relative))).ToString());
    }

    [Theory]
    [InlineData("GET", "/api/none")]
    [InlineData("GET", "/api/numbers/many")]
    [InlineData("GET", "/Plain")]
    [InlineData("POST", "/")]
    [InlineData("DELETE", "/api/Plain")]
    [InlineData("OPTIONS", "/api/Plain")]
    public async Task Where_no_function_is_the_answer_is_empty_and_the_console_says_so(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        // Those of a browser that asks first.
        request.Headers.Add("Origin", "https://a.example");
        request.Headers.Add("Access-Control-Request-Method", "GET");
        using var answer = await Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(answer.Content.Headers.Allow);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        await Host.Process.LineAsync($"Nothing is served for {method} {path}.");
    }

    [Fact]
    public async Task A_timer_runs_when_it_is_asked_for()
    {
        await Host.RunTimerAsync("tick");
        await Host.Process.LineAsync("Ticked, past due False, next 01/01/");
    }

    // Not every machine has the second.
    static IEnumerable<IPAddress> LoopbackAddresses() =>
        System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => address.Equals(IPAddress.Loopback) || address.Equals(IPAddress.IPv6Loopback));

    async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            return await Http.SendAsync(request);
        }
    }

    static string? Seen(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues($"seen-{name}", out var values) ? string.Join(", ", values) : null;
}
