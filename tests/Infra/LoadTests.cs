using Atrium.JavaScript;

namespace Atrium.Infra.Tests;

/// <summary>The sample that puts a deployed app under load.</summary>
public sealed class LoadTests
{
    [Fact]
    public async Task Each_event_is_another_and_each_answer_is_counted()
    {
        await using var app = await AppStandIn.StartAsync((202, ""), (202, ""), (503, ""));
        var output = await NodeScript.RunAsync(
            Path.Combine(AppContext.BaseDirectory, "samples", "publish.mjs"),
            ["--url", $"{app.Url}/api", "--key", "the-key", "--events", "3", "--rate", "1000"]);

        Assert.Equal(3, app.Calls.Distinct().Count());
        Assert.All(app.Calls, call => Assert.StartsWith(
            "POST /api/events the-key application/json visitor.checked_in ", call, StringComparison.Ordinal));
        Assert.Contains("2 answered 202\n", output, StringComparison.Ordinal);
        Assert.Contains("1 answered 503\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_address_it_says_what_it_takes()
    {
        var failure = await Assert.ThrowsAsync<NodeScriptFailedException>(() => NodeScript.RunAsync(
            Path.Combine(AppContext.BaseDirectory, "samples", "publish.mjs"), []));
        Assert.Contains("--url https://", failure.Message, StringComparison.Ordinal);
    }
}
