using System.Globalization;
using System.Net;
using Atrium.Functions.Http;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Tests.Http;

public sealed class EntityTagTests
{
    static readonly ETag Version = new("W/\"datetime'1'\"");
    static readonly ETag Newer = new("W/\"datetime'2'\"");

    [Fact]
    public void A_change_made_from_the_version_that_is_there_may_go_on() =>
        Assert.Null(EntityTag.Refusal(Change(EntityTag.Of(Version)), Version));

    [Fact]
    public void One_of_several_versions_named_is_enough() =>
        Assert.Null(EntityTag.Refusal(Change($"{EntityTag.Of(Newer)}, {EntityTag.Of(Version)}"), Version));

    [Fact]
    public void A_star_takes_whatever_is_there() => Assert.Null(EntityTag.Refusal(Change("*"), Version));

    [Fact]
    public async Task A_change_made_from_another_version_is_412() =>
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync(Change(EntityTag.Of(Version)), Newer));

    [Fact]
    public async Task A_weak_tag_never_matches() =>
        Assert.Equal(
            HttpStatusCode.PreconditionFailed, await StatusAsync(Change("W/" + EntityTag.Of(Version)), Version));

    [Fact]
    public async Task A_change_that_names_no_version_is_428() =>
        Assert.Equal(HttpStatusCode.PreconditionRequired, await StatusAsync(HttpCall.Of("PUT", "/"), Version));

    [Theory]
    [InlineData("{0}", true)]
    [InlineData("W/{0}", true)]
    [InlineData("\"x\", {0}", true)]
    [InlineData("*", true)]
    [InlineData("\"x\"", false)]
    [InlineData("nonsense", false)]
    public void A_client_knows_the_version_that_it_names(string ifNoneMatch, bool known)
    {
        var request = HttpCall.Of("GET", "/");
        request.Headers.IfNoneMatch = string.Format(CultureInfo.InvariantCulture, ifNoneMatch, EntityTag.Of(Version));

        Assert.Equal(known, EntityTag.IsKnown(request, Version));
        Assert.False(EntityTag.IsKnown(HttpCall.Of("GET", "/"), Version));
    }

    [Fact]
    public async Task A_change_for_any_version_but_this_one_is_412_when_it_is_this_one()
    {
        var change = Change("*");
        change.Headers.IfNoneMatch = EntityTag.Of(Version);

        Assert.Null(EntityTag.Refusal(change, Newer));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync(change, Version));
    }

    static HttpRequest Change(string ifMatch)
    {
        var request = HttpCall.Of("PUT", "/");
        request.Headers.IfMatch = ifMatch;
        return request;
    }

    static async Task<HttpStatusCode> StatusAsync(HttpRequest request, ETag current) =>
        (await HttpCall.AnswerAsync(request, Task.FromResult(EntityTag.Refusal(request, current)!))).Status;
}
