using System.Text.Json;
using Atrium.Local.Host.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Atrium.Local.Host.Timers;

/// <summary>
/// Runs a timer function on request: <c>POST /admin/functions/{name}</c> with the master key and a JSON object, as at
/// the real host. That one runs functions with a queue's trigger too; here they are run by sending a message.
/// </summary>
internal static class TimerAdmin
{
    public static void Map(WebApplication web, IReadOnlyList<TimerLoop> timers, FunctionKeys keys) => web.Map(
        "admin/functions/{name}", async http => http.Response.StatusCode = await AnswerAsync(http, timers, keys))
        .WithMetadata(new HttpMethodMetadata([HttpMethods.Post]));

    static async Task<int> AnswerAsync(HttpContext http, IReadOnlyList<TimerLoop> timers, FunctionKeys keys)
    {
        if (!keys.Admit(FunctionLevel.Admin, http.Request))
        {
            return StatusCodes.Status401Unauthorized;
        }

        // Without it, any page in a browser on this machine could send such a request.
        if (!http.Request.HasJsonContentType())
        {
            return StatusCodes.Status415UnsupportedMediaType;
        }

        if (!await HasObjectAsync(http))
        {
            return StatusCodes.Status400BadRequest;
        }

        var name = (string?)http.GetRouteValue("name");
        var timer = timers.FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return timer?.RunNow() switch
        {
            null => StatusCodes.Status404NotFound,
            true => StatusCodes.Status202Accepted,
            false => StatusCodes.Status503ServiceUnavailable,
        };
    }

    // What its member "input" is, if it has one, makes no difference to a timer.
    static async Task<bool> HasObjectAsync(HttpContext http)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            return body.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
