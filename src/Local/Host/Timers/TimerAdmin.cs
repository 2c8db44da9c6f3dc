using System.Text.Json;
using Atrium.Local.Host.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Atrium.Local.Host.Timers;

/// <summary>
/// Runs a timer function on request: <c>POST /admin/functions/{name}</c> with the master key and <c>{"input":""}</c>,
/// as at the real host. That one runs functions with a queue's trigger too; here they are run by sending a message.
/// </summary>
internal static class TimerAdmin
{
    const string Input = "input";

    public static void Map(WebApplication web, IReadOnlyList<TimerLoop> timers, FunctionKeys keys) => web.Map(
        "admin/functions/{name}", async http => http.Response.StatusCode = await AnswerAsync(http, timers, keys))
        .WithMetadata(new HttpMethodMetadata([HttpMethods.Post]));

    static async Task<int> AnswerAsync(HttpContext http, IReadOnlyList<TimerLoop> timers, FunctionKeys keys) =>
        !keys.Admit(FunctionLevel.Admin, http.Request) ? StatusCodes.Status401Unauthorized
        // Without it, any page in a browser on this machine could send such a request.
        : !http.Request.HasJsonContentType() ? StatusCodes.Status415UnsupportedMediaType
        : !await HasInputAsync(http) ? StatusCodes.Status400BadRequest
        : timers.FirstOrDefault(timer =>
            timer.Name.Equals((string?)http.GetRouteValue("name"), StringComparison.OrdinalIgnoreCase)) is not { } timer
            ? StatusCodes.Status404NotFound
        : timer.RunNow() ? StatusCodes.Status202Accepted
        : StatusCodes.Status503ServiceUnavailable;

    // What it is makes no difference to a timer.
    static async Task<bool> HasInputAsync(HttpContext http)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            return body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty(Input, out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
