using System.Net;
using Atrium.Functions.Operations;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Operations;

public sealed class QueryMiddlewareTests
{
    static readonly OpenApiDocument Document = new();

    static readonly IReadOnlyList<string> Described =
        [.. HttpFunction.All.Select(function => function.Name).Where(Document.QueryParameters.ContainsKey)];

    public static TheoryData<string> Functions => [.. Described];

    public static TheoryData<string> WithParameters =>
        [.. Described.Where(name => Document.QueryParameters[name].Count > 0)];

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task No_function_takes_a_parameter_that_it_does_not_have(string function)
    {
        var answer = await AskAsync(function, "?tenantId=acme");

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer!.Status, answer.ContentType));
        Assert.Equal(["tenantId"], answer.Pointers);
        Assert.All(Document.QueryParameters[function], name =>
            Assert.Contains(name, answer.Text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(WithParameters))]
    public async Task What_it_has_it_takes_once_in_its_own_case(string function)
    {
        foreach (var name in Document.QueryParameters[function])
        {
            var shouted = name.ToUpperInvariant();
            Assert.Null(await AskAsync(function, $"?{name}=x"));
            foreach (var query in new[] { $"?{name}=x&{name}=x", $"?{name}=x&{name}" })
            {
                Assert.Equal([name], (await AskAsync(function, query))!.Pointers);
            }

            string[] others =
            [
                $"?{shouted}=x", $"?{name}=x&{shouted}=x", $"?{shouted}=x&{name}=x",
                $"?{name}s=x", $"?{name}%20=x",
            ];
            foreach (var query in others)
            {
                Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(function, query))!.Status);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task The_hosts_key_may_come_in_the_query(string function)
    {
        Assert.Null(await AskAsync(function, ""));
        Assert.Null(await AskAsync(function, "?code=s3cret&clientId=default"));
    }

    [Fact]
    public async Task All_that_is_wrong_is_named() =>
        Assert.Equal(["limits", "cursor", ""],
            (await AskAsync("ListJobs", "?limits=5&cursor=a&cursor=b&=c"))!.Pointers);

    [Fact]
    public async Task Those_that_hold_it_themselves_are_let_through()
    {
        Assert.Null(await AskAsync("GetConsole", "?x=1"));
        Assert.Null(await AskAsync("Portal", "?limit=1"));
        Assert.NotNull(await AskAsync("LocalPortalSession", "?x=1"));
    }

    [Fact]
    public async Task A_function_that_is_not_described_takes_none()
    {
        Assert.NotNull(await AskAsync("Unheard", "?x=1"));
        Assert.Null(await AskAsync("Unheard", ""));
    }

    [Fact]
    public async Task A_function_without_a_request_runs()
    {
        var ran = false;
        await new QueryMiddleware(Document).Invoke(new FakeFunctionContext(), _ => Task.FromResult(ran = true));

        Assert.True(ran);
    }

    /// <returns>The refusal; null when the function runs.</returns>
    static async Task<HttpAnswer?> AskAsync(string function, string query)
    {
        var http = HttpCall.Of("GET", "/api/x" + query).HttpContext;
        var ran = false;
        await new QueryMiddleware(Document)
            .Invoke(new FakeFunctionContext(http, function), _ => Task.FromResult(ran = true));
        return ran ? null : HttpCall.Answer(http);
    }
}
