using System.Text.Json.Nodes;
using Atrium.Functions.Operations;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Portal;

/// <summary>
/// Describes the operations that a session may call. It is made from the API's own description, so the two never
/// differ. Each operation has its path below <c>/api/portal</c>, the right that it needs, and no tenant.
/// </summary>
internal sealed class PortalDocument(OpenApiDocument api)
{
    const string Scheme = "portalSession";
    const string TenantParameters = "#/components/parameters/Tenant";
    const string Unauthenticated = "#/components/responses/Unauthenticated";

    readonly Lazy<ReadOnlyMemory<byte>> _json = new(() => Write(api.Json.Span));

    /// <summary>OpenAPI 3.1, in UTF-8.</summary>
    public IResult Answer() => TypedResults.Bytes(_json.Value, "application/json");

    static byte[] Write(ReadOnlySpan<byte> json)
    {
        var document = JsonNode.Parse(json)!.AsObject();
        var operations = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(one => one.Value!.AsObject()))
            .ToDictionary(operation => (string)operation["operationId"]!);
        document["info"]!["description"] =
            "What a session of the admin's page can ask for. Errors are problem+json (RFC 9457).";
        document["servers"] = new JsonArray(new JsonObject { ["url"] = "/api/portal" });
        document["security"] = new JsonArray(new JsonObject { [Scheme] = new JsonArray() });
        var schemes = document["components"]!["securitySchemes"]!.AsObject();
        document["components"]!["securitySchemes"] = new JsonObject { [Scheme] = schemes[Scheme]!.DeepClone() };
        document.Remove("webhooks");
        var paths = new JsonObject();
        foreach (var route in PortalRoutes.All)
        {
            var path = paths["/" + route.Template] ??= new JsonObject();
            path[route.Method.ToLowerInvariant()] = Of(route, operations[route.Operation]);
        }

        document["paths"] = paths;
        return System.Text.Encoding.UTF8.GetBytes(document.ToJsonString());
    }

    static JsonObject Of(PortalRoute route, JsonObject operation)
    {
        var own = operation.DeepClone().AsObject();
        own.Remove("security");
        own["x-right"] = PortalRightNames.Of(route.Right)[0];
        if (route.TakesNoBody)
        {
            own.Remove("requestBody");
        }

        own["responses"]!["401"] = new JsonObject { ["$ref"] = Unauthenticated };
        if (own["parameters"] is JsonArray parameters)
        {
            parameters.RemoveAll(one =>
                ((string?)one!["$ref"])?.StartsWith(TenantParameters, StringComparison.Ordinal) == true);
        }

        return own;
    }
}
