using System.Net;
using System.Text;

namespace Atrium.EndToEnd;

/// <summary>
/// That deviations from the OpenAPI document are caught: each answer here is one that the app never gives.
/// </summary>
public sealed class ContractTests
{
    const string Subscription = """
        {"id":"sub_0123456789abcdef0123","name":"CRM","url":"https://example.com/","events":["*"],"headerNames":[],
          "hasSecret":false,"secretCreatedAt":null,"earlierSecretsSignUntil":[],
          "createdAt":"2026-04-15T09:30:00+00:00","pausedAt":null,"etag":"\"0123456789abcdef\""}
        """;

    const string Problem = """
        {"type":"https://example.com/","title":"Not found","status":404,"detail":"It is not there.",
          "code":"not_found","traceId":"0123456789abcdef0123456789abcdef"}
        """;

    const string Path = "api/tenants/acme/subscriptions/sub_0123456789abcdef0123";

    [Fact]
    public async Task An_answer_as_documented_passes()
    {
        using var response = await GetAsync(Path, 200, Subscription);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var problem = await GetAsync(Path, 404, Problem, "application/problem+json");
        Assert.Equal(HttpStatusCode.NotFound, problem.StatusCode);
    }

    [Theory]
    [InlineData("\"hasSecret\":false,", "", "required")]
    [InlineData("\"hasSecret\":false", "\"hasSecret\":\"no\"", "/hasSecret")]
    [InlineData("\"hasSecret\":false", "\"hasSecret\":false,\"tenant\":\"acme\"", "/tenant")]
    [InlineData("\"pausedAt\":null", "\"pausedAt\":\"yesterday\"", "/pausedAt")]
    [InlineData("[\"*\"]", "[\"visitor.left\"]", "/events/0")]
    [InlineData("sub_0123456789abcdef0123", "1", "/id")]
    [InlineData("{\"id\"", "\"id\"", "not JSON")]
    public async Task A_body_that_differs_from_its_schema_is_caught(string original, string doctored, string said) =>
        await AssertCaughtAsync(
            () => GetAsync(Path, 200, Subscription.Replace(original, doctored, StringComparison.Ordinal)), said);

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef", "", "/traceId")]
    [InlineData("\"status\":404", "\"status\":404,\"stackTrace\":\"at Atrium\"", "/stackTrace")]
    [InlineData("\"detail\":\"It is not there.\",", "", "required")]
    public async Task A_problem_that_differs_from_its_schema_is_caught(string original, string doctored, string said) =>
        await AssertCaughtAsync(
            () => GetAsync(
            Path, 404, Problem.Replace(original, doctored, StringComparison.Ordinal), "application/problem+json"),
            said);

    [Fact]
    public async Task A_status_that_is_not_documented_is_caught() =>
        await AssertCaughtAsync(() => GetAsync(Path, 203, Subscription), "203");

    [Fact]
    public async Task Another_type_of_content_is_caught() =>
        await AssertCaughtAsync(() => GetAsync(Path, 404, Problem), "application/json");

    [Fact]
    public async Task A_missing_header_is_caught() =>
        await AssertCaughtAsync(
            () => SendAsync(
            HttpMethod.Post, "api/tenants/acme/subscriptions", 201, Subscription,
            sent: """{"url":"https://example.com/","events":["*"]}"""), "Location");

    [Fact]
    public async Task A_body_where_there_should_be_none_is_caught() =>
        await AssertCaughtAsync(() => SendAsync(HttpMethod.Delete, Path, 204, "{}"), "none is documented");

    [Fact]
    public async Task A_change_that_is_accepted_without_the_header_that_it_needs_is_caught() =>
        await AssertCaughtAsync(() => SendAsync(HttpMethod.Delete, Path, 204, ""), "If-Match");

    [Fact]
    public async Task A_route_that_is_not_documented_is_caught() =>
        await AssertCaughtAsync(() => GetAsync("api/secrets", 200, "{}"), "no such operation");

    [Fact]
    public async Task A_route_that_is_not_there_is_no_deviation()
    {
        using var response = await GetAsync("api/secrets", 404, "");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("""{"url":"https://example.com/","events":["*"],"colour":"red"}""", "/colour")]
    [InlineData("""{"events":["*"]}""", "required")]
    public async Task A_request_that_is_accepted_and_should_not_be_is_caught(string sent, string said) =>
        await AssertCaughtAsync(
            () => SendAsync(
            HttpMethod.Post, "api/tenants/acme/subscriptions", 201, Subscription, sent, ("Location", "/x")), said);

    [Fact]
    public async Task A_query_parameter_that_is_accepted_and_not_documented_is_caught() =>
        await AssertCaughtAsync(() => GetAsync(Path + "?shape=full", 200, Subscription), "shape");

    [Theory]
    [InlineData(500, "", true)]
    [InlineData(500, "{}", false)]
    [InlineData(404, "", false)]
    public async Task A_500_without_words_is_told_from_other_deviations(int status, string body, bool isOne) =>
        Assert.Equal(
            isOne,
            (await Assert.ThrowsAsync<ContractException>(() => GetAsync(Path, status, body))).IsWordless);

    static async Task AssertCaughtAsync(Func<Task<HttpResponseMessage>> exchange, string said) =>
        Assert.Contains(
            said, (await Assert.ThrowsAsync<ContractException>(exchange)).Message, StringComparison.Ordinal);

    static Task<HttpResponseMessage> GetAsync(
        string path, int status, string body, string type = "application/json") => SendAsync(
        HttpMethod.Get, path, status, body, type: type);

    static async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, int status, string body, string? sent = null,
        (string Name, string Value)? header = null, string type = "application/json")
    {
        using var server = new DoctoredServer(() =>
        {
            var answer =
                new HttpResponseMessage((HttpStatusCode)status)
                {
                    Content = new StringContent(
                body, Encoding.UTF8, type),
                    Headers = { ETag = new("\"0123456789abcdef\"") }
                };
            if (header is { } given)
            {
                answer.Headers.Add(given.Name, given.Value);
            }

            return answer;
        });
        using var http = new HttpClient(
            new ContractHandler(ApiContract.OfTheApp) { InnerHandler = server })
        {
            BaseAddress = new Uri(
            "http://localhost/")
        };
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = sent is null ? null : new StringContent(sent, Encoding.UTF8, "application/json");
        return await http.SendAsync(request);
    }

    sealed class DoctoredServer(Func<HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer());
    }
}
