namespace Atrium.EndToEnd;

[Collection(nameof(DefaultApp))]
public sealed class HeadTests(DefaultApp started)
{
    // Found, not found, and refused.
    [Theory]
    [InlineData("limits")]
    [InlineData("openapi.json")]
    [InlineData("explain?event=visitor.checked_in&tenant={tenant}")]
    [InlineData("tenants/{tenant}/subscriptions")]
    [InlineData("tenants/{tenant}/subscriptions/{id}")]
    [InlineData("tenants/{tenant}/subscriptions/{id}/attempts")]
    [InlineData("tenants/{tenant}/subscriptions/{id}/parked")]
    [InlineData("tenants/{tenant}/subscriptions/{id}/deliveries/none")]
    [InlineData("tenants/{tenant}/dead-letters/deliveries/1")]
    [InlineData("tenants/{tenant}/jobs?limits=1")]
    public async Task Head_is_answered_as_get_is_and_without_a_body(string path)
    {
        await using var app = started.Share();
        var made = await app.SubscribeAsync(new Uri("http://localhost:9000/"), ["*"]);
        var address = new Uri(
            "api/" + path.Replace("{tenant}", app.Tenant, StringComparison.Ordinal)
                .Replace("{id}", made.Id, StringComparison.Ordinal), UriKind.Relative);
        using var get = await app.Http.GetAsync(address);
        using var request = new HttpRequestMessage(HttpMethod.Head, address);
        using var head = await app.Http.SendAsync(request);

        Assert.Equal((get.StatusCode, get.Content.Headers.ContentType, get.Headers.ETag),
            (head.StatusCode, head.Content.Headers.ContentType, head.Headers.ETag));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }
}
