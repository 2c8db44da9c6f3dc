using System.Net;
using Atrium.Functions.Http;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Tests.Http;

public sealed class JsonRequestTests
{
    [Fact]
    public async Task All_fields_are_read()
    {
        var (request, refusal) = await ReadAsync(
            """{"name":"CRM","url":"https://example.com/","events":["*"],"headers":{"X-Key":"k"},"""
            + """ "secret":"whsec_x","generateSecret":true}""");
        Assert.Null(refusal);
        Assert.Equal(
            ("CRM", "https://example.com/", "whsec_x", true),
            (request!.Name, request.Url, request.Secret, request.GenerateSecret));
        Assert.Equal(["*"], request.Events);
        Assert.Equal("k", request.Headers!["X-Key"]);
    }

    [Fact]
    public async Task A_byte_order_mark_is_passed_over()
    {
        var (request, refusal) = await ReadAsync("\ufeff{\"name\":\"CRM\"}");
        Assert.Null(refusal);
        Assert.Equal("CRM", request!.Name);
    }

    [Theory]
    [InlineData("""{"url":"https://example.com/","event":["*"]}""", "/event")]
    [InlineData("""{"a/b~c":1}""", "/a~1b~0c")]
    [InlineData("""{"url":5}""", "/url")]
    [InlineData("""{"events":"*"}""", "/events")]
    [InlineData("""{"events":["*",1]}""", "/events/1")]
    [InlineData("""{"headers":{"X-Key":1}}""", "/headers/X-Key")]
    [InlineData("""{"headers":{"X.Key":1}}""", "/headers/X.Key")]
    [InlineData("""{"generateSecret":"yes"}""", "/generateSecret")]
    [InlineData("""{"url":"a","url":"b"}""", "")]
    [InlineData("""{"headers":{"a":"1","a":"2"}}""", "")]
    [InlineData("""{"\ud800":1}""", "")]
    [InlineData("[]", "")]
    [InlineData("null", "")]
    [InlineData("", "")]
    public async Task What_is_wrong_is_named_without_a_word_about_our_types(string body, string at)
    {
        var request = HttpCall.Of("POST", "/", BinaryData.FromString(body));
        var (value, refusal) = await JsonRequest.ReadAsync(
            request, RequestJson.Default.SubscriptionRequest, 1000, default);
        Assert.Null(value);
        var answer = await HttpCall.AnswerAsync(request, Task.FromResult(refusal!));
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(
            at, Assert.Single(answer.Json.GetProperty("errors").EnumerateArray()).GetProperty("pointer").GetString());
        Assert.DoesNotContain("Atrium", answer.Text, StringComparison.Ordinal);
    }

    // Eight megabytes, when each was named with all that there are.
    [Fact]
    public async Task A_body_of_nothing_but_unknown_fields_has_a_short_answer()
    {
        var body = $"{{{string.Join(',', Enumerable.Range(0, 5_000).Select(number => $"\"{number}\":1"))}}}";
        var request = HttpCall.Of("POST", "/", BinaryData.FromString(body));
        var (_, refusal) = await JsonRequest.ReadAsync(
            request, RequestJson.Default.SubscriptionRequest, body.Length, default);
        var answer = await HttpCall.AnswerAsync(request, Task.FromResult(refusal!));
        Assert.InRange(answer.Text.Length, 1, body.Length);
    }

    static Task<(SubscriptionRequest?, IResult?)> ReadAsync(string body) =>
        JsonRequest.ReadAsync(
            HttpCall.Of("POST", "/", BinaryData.FromString(body)), RequestJson.Default.SubscriptionRequest, 1000,
            default);
}
