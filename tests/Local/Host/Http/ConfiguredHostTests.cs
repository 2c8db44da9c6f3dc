using System.Net;
using Atrium.Local.Host.Stack;
using Atrium.Processes;

namespace Atrium.Local.Host.Tests.Http;

public sealed class ConfiguredHostTests(ConfiguredHost configured) : IClassFixture<ConfiguredHost>
{
    const string Key = "key-that-nobody-may-read";

    HttpClient Http => configured.Host.Http;

    ChildProcess Process => configured.Host.Process;

    [Fact]
    public async Task The_route_prefix_is_host_jsons()
    {
        Assert.Equal("plain ", await Http.GetStringAsync(new Uri("/v2/hooks/Plain", UriKind.Relative)));
        using var answer = await Http.GetAsync(new Uri("/api/Plain", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("?code=wrong", HttpStatusCode.Unauthorized)]
    [InlineData($"?code={Key}", HttpStatusCode.OK)]
    public async Task With_keys_a_function_above_anonymous_asks_for_one(string? query, HttpStatusCode status)
    {
        using var answer = await Http.GetAsync(new Uri($"/v2/hooks/Locked{query}", UriKind.Relative));
        Assert.Equal(status, answer.StatusCode);
        Assert.DoesNotContain(Process.Lines, line => line.Contains(Key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://a.example", "https://a.example")]
    [InlineData("https://b.example", null)]
    public async Task Browsers_may_call_from_the_origins_of_the_settings_file(string origin, string? answered)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/v2/hooks/Plain");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "GET");
        using var answer = await Http.SendAsync(request);
        Assert.Equal(
            answered,
            answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null);
    }

    [Fact]
    public async Task The_token_is_cancelled_after_the_function_timeout()
    {
        Assert.Equal("cancelled", await Http.GetStringAsync(new Uri("/v2/hooks/waits/timeout", UriKind.Relative)));
        await Process.LineAsync("Function Waits has run for 00:00:20, host.json's functionTimeout");
    }

    [Theory]
    // Without a word on it, both processes pass Information and above.
    [InlineData("Unnamed", "fail info warn fail crit")]
    [InlineData("Quiet", "fail fail crit")]
    // host.json rules the host; below Information the worker sends nothing unless its own settings say so.
    [InlineData("Loud", "fail info warn fail crit")]
    [InlineData("Told", "fail dbug info warn fail crit")]
    // A setting has the last word, in both.
    [InlineData("Loud.Not", "crit")]
    public async Task Lines_of_the_worker_stand_under_their_category_from_the_level_that_is_set(
        string category, string levels)
    {
        using var answer = await Http.PostAsync(new Uri($"/v2/hooks/talk/{category}", UriKind.Relative), content: null);
        answer.EnsureSuccessStatusCode();
        await Process.LineAsync($"{category} has said all");
        // What is logged goes another way than what is printed.
        await Process.LineAsync(line => line.Contains($"crit: {category}[0] said", StringComparison.Ordinal));
        var said = Process.Lines.Select(line => line.Split(' '))
            .Where(words => words.Length > 2 && words[2].StartsWith($"{category}[", StringComparison.Ordinal));
        Assert.Equal(levels, string.Join(' ', said.Select(words => words[1].TrimEnd(':'))));
    }

    [Fact]
    public async Task An_exception_is_shown_with_its_line()
    {
        using var answer = await Http.PostAsync(new Uri("/v2/hooks/talk/Failing", UriKind.Relative), content: null);
        var line = await Process.LineAsync("fail: Failing[0] it failed");
        Assert.Contains("the fault", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Functions_are_not_listed_without_being_asked_for()
    {
        Assert.DoesNotContain("Functions:", Process.Lines);
        Assert.DoesNotContain(Process.Lines, line => line.Contains("Plain: [", StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_worker_says_of_itself_at_its_start_is_not_shown()
    {
        var start = Process.Lines.TakeWhile(line => !line.StartsWith(Running.Ready, StringComparison.Ordinal));
        Assert.DoesNotContain(
            start, line => line.Contains("Microsoft.Azure.Functions.Worker", StringComparison.Ordinal));
        Assert.DoesNotContain(start, line => line.Contains("functions-worker-id", StringComparison.OrdinalIgnoreCase));
    }
}
