using System.Net;

namespace Atrium.EndToEnd;

/// <summary>
/// HEAD, for all that GET answers. The document, which the host's routes are held against, says which operations there
/// are.
/// </summary>
[Collection(nameof(BriskApp))]
public sealed class HeadTests(OwningTenant owner) : IClassFixture<OwningTenant>
{
    public static TheoryData<string> Gets =>
        [.. ApiContract.OfTheApp.Operations.Where(operation => operation.Method == "GET").Select(one => one.Id)];

    [Theory]
    [MemberData(nameof(Gets))]
    public async Task Head_is_answered_as_get_is_and_without_a_body(string operation)
    {
        await owner.App.HealthyAsync();

        Assert.Equal(HttpStatusCode.OK, await BothAsync(operation, owner.Things));
    }

    [Theory]
    [MemberData(nameof(Gets))]
    public async Task Head_of_what_is_not_there_is_answered_as_get_is(string operation)
    {
        var nothing = owner.Things with
        {
            SubscriptionId = "none",
            DeliveryId = "none",
            JobId = "none",
            SequenceNumber = "none",
        };
        var isAboutOneThing = ApiContract.OfTheApp.Operations.Single(one => one.Id == operation).IsAboutOneThing;

        Assert.Equal(
            isAboutOneThing ? HttpStatusCode.NotFound : HttpStatusCode.OK, await BothAsync(operation, nothing));
    }

    [Theory]
    [MemberData(nameof(Gets))]
    public async Task Head_with_a_parameter_that_there_is_not_is_refused_as_get_is(string operation) =>
        Assert.Equal(HttpStatusCode.BadRequest, await BothAsync(operation, owner.Things, query: "nonsense=1"));

    [Fact]
    public async Task Head_of_a_version_that_the_client_has_is_answered_304_as_get_is()
    {
        var conditional = ApiContract.OfTheApp.Operations
            .Where(operation => operation.Method == "GET" && operation.Takes("header", "If-None-Match"))
            .Select(operation => operation.Id);

        Assert.Equal(["GetSubscription"], conditional);
        var known = (await owner.App.SendAsync(
            HttpMethod.Get, $"api/tenants/{owner.Things.Tenant}/subscriptions/{owner.Things.SubscriptionId}")).ETag;
        Assert.Equal(HttpStatusCode.NotModified, await BothAsync("GetSubscription", owner.Things, known));
        Assert.Equal(HttpStatusCode.OK, await BothAsync("GetSubscription", owner.Things, "\"another\""));
    }

    // How both are answered, which is the same.
    async Task<HttpStatusCode> BothAsync(
        string operation, TenantsThings things, string? ifNoneMatch = null, string? query = null)
    {
        using var get = await AnswerAsync(HttpMethod.Get);
        using var head = await AnswerAsync(HttpMethod.Head);

        Assert.Equal((get.StatusCode, get.Content.Headers.ContentType, get.Headers.ETag),
            (head.StatusCode, head.Content.Headers.ContentType, head.Headers.ETag));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        return head.StatusCode;

        Task<HttpResponseMessage> AnswerAsync(HttpMethod method) => owner.App.PersistAsync(() =>
        {
            var request = things.Request(ApiContract.OfTheApp.Operations.Single(one => one.Id == operation));
            request.Method = method;
            if (query is not null)
            {
                var path = request.RequestUri!.OriginalString;
                request.RequestUri = new Uri($"{path}{(path.Contains('?') ? '&' : '?')}{query}", UriKind.Relative);
            }

            if (ifNoneMatch is not null)
            {
                request.Headers.Add("If-None-Match", ifNoneMatch);
            }

            return request;
        });
    }
}
