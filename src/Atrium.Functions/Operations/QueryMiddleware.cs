using Atrium.Functions.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Atrium.Functions.Operations;

/// <summary>
/// Refuses a request whose query has a parameter that the API's description does not give its operation, or has one
/// twice: 400. So no function has to, and none forgets.
/// </summary>
internal sealed class QueryMiddleware(OpenApiDocument document) : IFunctionsWorkerMiddleware
{
    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        // What is not described takes none.
        var names = document.QueryParameters.GetValueOrDefault(context.FunctionDefinition.Name, []);
        if (context.GetHttpContext() is { } http
            && QueryParameters.Faults(http.Request.Query, names) is { Count: > 0 } faults)
        {
            await Problem.BadQuery(faults).ExecuteAsync(http);
            return;
        }

        await next(context);
    }
}
