using System.Net;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Subscriptions;

public sealed class NameTests : IDisposable
{
    static readonly string[] All = ["*"];

    readonly SubscriptionApi _api = new();

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("CRM", "CRM")]
    [InlineData(" CRM\u00a0\n", "CRM")]
    [InlineData("می\u200cخواهم", "می\u200cخواهم")]
    [InlineData("👩\u200d💻 \u200f", "👩\u200d💻 \u200f")]
    public async Task A_name_is_kept_as_it_is_written(string name, string kept)
    {
        var made = await CreateAsync(name);

        Assert.Equal((HttpStatusCode.Created, kept), (made.Status, made.Json.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("\u200b")]
    [InlineData("\u3164")]
    [InlineData("\u200d\ufe0f")]
    [InlineData("a\u200bb")]
    [InlineData("a\u202eb")]
    [InlineData("a\u0007")]
    public async Task One_that_nobody_can_see_or_with_something_that_nobody_can_see_and_needs_is_refused(string name)
    {
        var answer = await CreateAsync(name);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(["/name"], answer.Pointers);
    }

    [Theory]
    [InlineData("A\u200bB", 2)]
    [InlineData("  A\u200bB", 4)]
    public async Task The_place_is_counted_where_the_name_was_given(string name, int place) => Assert.Contains(
        $"character {place}, U+200B",
        (await CreateAsync(name)).Json.GetRawText().Replace("\\u002B", "+", StringComparison.Ordinal),
        StringComparison.Ordinal);

    Task<HttpAnswer> CreateAsync(string name) =>
        _api.CreateAsync(new { url = "https://example.com/", events = All, name });
}
