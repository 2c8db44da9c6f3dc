using System.Net;
using Atrium.Functions.Http;
using Atrium.Functions.Tests.Fakes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Atrium.Functions.Tests.Http;

public sealed class IdempotencyKeyTests
{
    [Fact]
    public void A_request_without_the_header_has_none() =>
        Assert.Equal((null, null), IdempotencyKey.Read(HttpCall.Of("POST", "/")));

    [Theory]
    [InlineData("8e03978e-40d5-43e8-bc93-6894a57f9324")]
    [InlineData("\"8e03978e-40d5-43e8-bc93-6894a57f9324\"")]
    [InlineData("order 17; again~!")]
    public void It_is_the_key_as_it_stands(string key) => Assert.Equal((key, null), IdempotencyKey.Read(With(key)));

    [Theory]
    [InlineData("")]
    [InlineData("a, b")]
    [InlineData("a,a")]
    [InlineData("schl\u00fcssel")]
    [InlineData("a\u200bb")]
    [InlineData("a\tb")]
    public async Task What_is_none_is_refused_with_the_rule(string key)
    {
        var answer = await RefusedAsync(With(key));

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("Idempotency-Key once, with 1 to 255 characters",
            answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("a", "a")]
    [InlineData("a", "")]
    public async Task Twice_the_header_is_refused(string one, string other) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await RefusedAsync(With(one, other))).Status);

    static HttpRequest With(params string[] keys)
    {
        var request = HttpCall.Of("POST", "/");
        request.Headers[IdempotencyKey.Header] = new StringValues(keys);
        return request;
    }

    static Task<HttpAnswer> RefusedAsync(HttpRequest request) =>
        HttpCall.AnswerAsync(request, Task.FromResult(IdempotencyKey.Read(request).Refusal!));
}
