using System.Text.Json;
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

/// <summary>The description of this API: openapi.json of this folder, as it lies there.</summary>
internal sealed class OpenApiDocument
{
    const string Resource = "Atrium.Functions.Operations.openapi.json";
    const string Components = "#/components/parameters/";

    public OpenApiDocument()
    {
        var json = Read();
        using var document = JsonDocument.Parse(json);
        Json = json;
        QueryParameters = Parameters(document.RootElement);
    }

    /// <summary>OpenAPI 3.1, in UTF-8.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The query parameters that an operation takes, by its id, which is its function's name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> QueryParameters { get; }

    static byte[] Read()
    {
        using var resource = typeof(OpenApiDocument).Assembly.GetManifestResourceStream(Resource)!;
        using var bytes = new MemoryStream();
        resource.CopyTo(bytes);
        return bytes.ToArray();
    }

    static Dictionary<string, IReadOnlyList<string>> Parameters(JsonElement root)
    {
        var shared = root.GetProperty("components").GetProperty("parameters");
        var operations = root.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject());
        return operations.Select(operation => operation.Value).ToDictionary(
            operation => operation.GetProperty("operationId").GetString()!,
            IReadOnlyList<string> (operation) => operation.TryGetProperty("parameters", out var parameters)
                ? [.. parameters.EnumerateArray().Select(Resolved).Where(IsInQuery).Select(Name)]
                : []);

        JsonElement Resolved(JsonElement parameter) => parameter.TryGetProperty("$ref", out var reference)
            ? shared.GetProperty(reference.GetString()![Components.Length..])
            : parameter;

        static bool IsInQuery(JsonElement parameter) => parameter.GetProperty("in").ValueEquals("query");

        static string Name(JsonElement parameter) => parameter.GetProperty("name").GetString()!;
    }
}
