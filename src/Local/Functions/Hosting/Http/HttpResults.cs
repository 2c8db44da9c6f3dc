using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker.Hosting.Discovery;
using Microsoft.Azure.Functions.Worker.Hosting.Invocation;

namespace Microsoft.Azure.Functions.Worker.Hosting.Http;

/// <summary>Writes what an HTTP function returned.</summary>
internal static class HttpResults
{
    /// <exception cref="HostStartException">The function returns what could not be written.</exception>
    public static void RequireWritable(FunctionMethod function)
    {
        var type = ReturnedValue.TypeBehind(function.Method.ReturnType);
        if (type != typeof(void) && type != typeof(string) && type != typeof(object)
            && !type.IsAssignableTo(typeof(IActionResult)) && !type.IsAssignableTo(typeof(IResult)))
        {
            throw function.Refused($"it returns {type.Name}. Return IActionResult, IResult, a string, or nothing.");
        }
    }

    /// <summary>Writes a result to the response; nothing leaves the response as the function left it.</summary>
    public static async Task WriteAsync(HttpContext http, object? result)
    {
        if (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        switch (result)
        {
            case null:
                break;
            case IActionResult action:
                await action.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor()));
                break;
            case IResult plain:
                await plain.ExecuteAsync(http);
                break;
            case string text:
                http.Response.ContentType ??= "text/plain; charset=utf-8";
                await http.Response.WriteAsync(text, http.RequestAborted);
                break;
            default:
                throw new InvalidOperationException($"An HTTP function returned a {result.GetType()}. Return IActionResult, IResult, a string, or nothing.");
        }
    }
}
