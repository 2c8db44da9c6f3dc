using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>A request to a function, and its answer as the client sees it.</summary>
static class HttpCall
{
    static readonly IServiceProvider Services = new ServiceCollection().AddLogging().BuildServiceProvider();

    public static HttpContext Context() =>
        new DefaultHttpContext { RequestServices = Services, Response = { Body = new MemoryStream() } };

    public static HttpRequest Of(
        string method, string path, BinaryData? body = null, string? contentType = "application/json",
        bool tellsLength = true)
    {
        var request = Context().Request;
        request.Method = method;
        var (plain, query) = path.Split('?') is [var before, var after] ? (before, "?" + after) : (path, "");
        request.Path = plain;
        request.QueryString = new QueryString(query);
        request.ContentType = body is null ? null : contentType;
        request.Body = body?.ToStream() ?? Stream.Null;
        request.ContentLength = tellsLength ? body?.ToMemory().Length : null;
        return request;
    }

    public static async Task<HttpAnswer> AnswerAsync(HttpRequest request, Task<IResult> result)
    {
        await (await result).ExecuteAsync(request.HttpContext);
        return Answer(request.HttpContext);
    }

    public static HttpAnswer Answer(HttpContext context)
    {
        var body = (MemoryStream)context.Response.Body;
        return new HttpAnswer(
            (HttpStatusCode)context.Response.StatusCode,
            context.Response.ContentType?.Split(';')[0],
            context.Response.Headers.Location.ToString(),
            context.Response.Headers.RetryAfter.ToString(),
            context.Response.Headers.ETag.ToString(),
            context.Response.Headers.CacheControl.ToString(),
            System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }
}
