using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Operations;

/// <summary>Serves the description of this API.</summary>
internal sealed class GetOpenApiFunction(OpenApiDocument document)
{
    /// <summary><c>GET /api/openapi.json</c>: an OpenAPI 3.1 document.</summary>
    [Function("GetOpenApi")]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "openapi.json")]
        HttpRequest request, CancellationToken cancellationToken) =>
        Task.FromResult<IResult>(TypedResults.Bytes(document.Json, "application/json"));
}
