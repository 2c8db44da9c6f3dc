using System.Text.Json;
using System.Text.Json.Nodes;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

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

/// <summary>The description of this API: the file openapi.json of this folder.</summary>
internal sealed class OpenApiDocument
{
    const string Resource = "Atrium.Functions.Operations.openapi.json";
    const string Components = "#/components/parameters/";
    const string Schemas = "#/components/schemas/";

    // Of OpenAPI 3.1: https://spec.openapis.org/oas/v3.1.1.html#json-schema-keywords
    const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    public OpenApiDocument()
    {
        var json = Read();
        using var document = JsonDocument.Parse(json);
        Json = json;
        QueryParameters = Parameters(document.RootElement);
        EventSchemas = Events(document.RootElement.GetProperty("components").GetProperty("schemas"));
    }

    /// <summary>OpenAPI 3.1, in UTF-8.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>
    /// The JSON Schema of an event, by its name. Shared schemas are in its <c>$defs</c>, so that it can be used alone.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement> EventSchemas { get; }

    /// <summary>The query parameters that an operation takes, by its id, which is its function's name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> QueryParameters { get; }

    static byte[] Read()
    {
        using var resource = typeof(OpenApiDocument).Assembly.GetManifestResourceStream(Resource)!;
        return BinaryData.FromStream(resource).ToArray();
    }

    static Dictionary<string, JsonElement> Events(JsonElement schemas)
    {
        var names = schemas.GetProperty("Event").GetProperty("discriminator").GetProperty("mapping");
        return names.EnumerateObject().ToDictionary(
            name => name.Name,
            name => Alone(schemas, schemas.GetProperty(name.Value.GetString()![Schemas.Length..])));
    }

    static JsonElement Alone(JsonElement schemas, JsonElement schema)
    {
        var alone = JsonNode.Parse(schema.GetRawText())!.AsObject();
        var definitions = new JsonObject();
        foreach (var name in References(schema).Distinct())
        {
            definitions[name] = JsonNode.Parse(schemas.GetProperty(name).GetRawText());
        }

        alone["$schema"] = Dialect;
        alone["$defs"] = definitions;
        return JsonElement.Parse(alone.ToJsonString().Replace(Schemas, "#/$defs/", StringComparison.Ordinal));
    }

    static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.NameEquals("$ref")
                ? [property.Value.GetString()![Schemas.Length..]]
                : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

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

/// <summary>
/// Refuses a request whose query has a parameter that the API's description does not give its operation, or has one
/// twice: 400. So no function has to check it, and none can forget it.
/// </summary>
internal sealed class QueryMiddleware(OpenApiDocument document) : IFunctionsWorkerMiddleware
{
    // The functions of the page's files ignore the query, and the portal checks it itself.
    static readonly string[] NotHeldHere = ["GetConsole", "Portal"];

    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        // What is not described takes none.
        var names = document.QueryParameters.GetValueOrDefault(context.FunctionDefinition.Name, []);
        if (context.GetHttpContext() is { } http && !NotHeldHere.Contains(context.FunctionDefinition.Name)
            && QueryParameters.Faults(http.Request.Query, names) is { Count: > 0 } faults)
        {
            await Problem.BadQuery(faults).ExecuteAsync(http);
            return;
        }

        await next(context);
    }
}

/// <summary>
/// Compares a query with the known parameters. A misspelt one would otherwise be ignored, and with one that is given
/// twice, it is unclear which value is meant.
/// </summary>
internal static class QueryParameters
{
    // The host's: function keys may come in the query.
    static readonly string[] NotOurs = ["code", "clientId"];

    /// <param name="query">The query.</param>
    /// <param name="names">All parameters that the operation takes.</param>
    /// <returns>The errors, each under the name of its parameter.</returns>
    public static IReadOnlyList<FieldError> Faults(IQueryCollection query, IReadOnlyList<string> names)
    {
        var there = names.Count == 0 ? "this operation takes none" : $"there are {string.Join(", ", names)}";
        return
        [
            .. from parameter in query
               where !NotOurs.Contains(parameter.Key, StringComparer.OrdinalIgnoreCase)
               let fault = !names.Contains(parameter.Key)
                   ? new FieldError(
                       parameter.Key, FieldErrorCode.Unknown, $"There is no such query parameter; {there}.")
                   : parameter.Value.Count > 1
                   ? new FieldError(
                       parameter.Key, FieldErrorCode.Repeated,
                       "This query parameter is given more than once. Give it once.")
                   : null
               where fault is not null
               select fault,
        ];
    }
}
