using System.Net;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Subscriptions;

public sealed class ListTests : IDisposable
{
    static readonly string[] All = ["*"];

    readonly SubscriptionApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_list_goes_on_page_by_page_with_every_subscription_once_even_while_one_is_deleted()
    {
        var ids = new List<string>();
        for (var number = 0; number < 7; number++)
        {
            ids.Add(Id(await CreateAsync()));
            _api.Time.Advance(TimeSpan.FromSeconds(number % 2));
        }

        var listed = new List<string>();
        var query = "?limit=3";
        var pages = 0;
        while (query.Length > 0)
        {
            var page = (await _api.ListAsync(query: query)).Json;
            listed.AddRange(
                page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            query = page.GetProperty("nextCursor").GetString() is { } cursor ? $"?limit=3&cursor={cursor}" : "";
            if (pages++ == 0)
            {
                await _api.DeleteAsync(listed[^1]);
            }
        }

        Assert.Equal(3, pages);
        Assert.Equal(ids.Order(), listed.Order());
    }

    [Fact]
    public async Task Each_subscription_of_a_list_has_the_tag_with_which_it_can_be_changed()
    {
        var id = Id(await CreateAsync());

        var listed = (await _api.ListAsync()).Json.GetProperty("items")[0].GetProperty("etag").GetString()!;
        var shown = await _api.GetAsync(id);
        var changed = await _api.PatchAsync(id, new { name = "x" }, listed);

        Assert.Equal((shown.ETag, shown.ETag), (listed, shown.Json.GetProperty("etag").GetString()));
        Assert.Equal(
            (HttpStatusCode.OK, changed.ETag), (changed.Status, changed.Json.GetProperty("etag").GetString()));
        Assert.NotEqual(listed, changed.ETag);
    }

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=101", "limit")]
    [InlineData("?limit=x", "limit")]
    [InlineData("?cursor=x", "cursor")]
    [InlineData("?cursor=", "cursor")]
    [InlineData("?limit=0&cursor=x", "limit", "cursor")]
    public async Task A_page_that_cannot_be_is_refused_and_what_is_wrong_is_named(
        string query, params string[] parameters)
    {
        var answer = await _api.ListAsync(query: query);
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Equal(parameters, answer.Pointers);
    }

    [Fact]
    public async Task A_cursor_is_of_one_tenants_list()
    {
        await CreateAsync();
        await CreateAsync();
        var cursor = (await _api.ListAsync(query: "?limit=1")).Json.GetProperty("nextCursor").GetString();
        Assert.Equal(HttpStatusCode.BadRequest, (await _api.ListAsync("other", $"?limit=1&cursor={cursor}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await _api.ListAsync(query: $"?limit=1&cursor={cursor}")).Status);
    }

    Task<HttpAnswer> CreateAsync() => _api.CreateAsync(new { url = "https://example.com/", events = All });

    static string Id(HttpAnswer answer) => answer.Json.GetProperty("id").GetString()!;
}
