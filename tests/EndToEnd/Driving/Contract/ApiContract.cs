using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using Json.Schema;

namespace Atrium.EndToEnd;

/// <summary>The OpenAPI document that the app serves, as something to hold requests and answers against.</summary>
internal sealed class ApiContract
{
    const string Prefix = "/api";
    const string Schemas = "#/components/schemas/";

    static readonly string[] Methods = ["get", "put", "post", "patch", "delete"];
    static readonly EvaluationOptions Strict =
        new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    readonly JsonElement _document;
    readonly string _definitions;
    readonly ConcurrentDictionary<string, JsonSchema> _schemas = new();

    ApiContract(JsonElement document)
    {
        _document = document;
        _definitions = InDefinitions(document.GetProperty("components").GetProperty("schemas").GetRawText());
        Operations =
        [
            .. from path in document.GetProperty("paths").EnumerateObject()
               from operation in path.Value.EnumerateObject()
               where Methods.Contains(operation.Name)
               select new ContractOperation(
                   this, operation.Name.ToUpperInvariant(), Prefix + path.Name, operation.Value),
        ];
    }

    /// <summary>The document embedded in the app that is tested.</summary>
    public static ApiContract OfTheApp { get; } = Load();

    public IReadOnlyList<ContractOperation> Operations { get; }

    /// <returns>The operation that a request is for, or null when the document has none.</returns>
    public ContractOperation? Find(HttpMethod method, string path) => Operations
        .Where(operation => operation.Method == method.Method && operation.Matches(path))
        .MaxBy(operation => operation.LiteralSegments);

    /// <summary>Follows a reference to where it points, if it is one.</summary>
    public JsonElement Resolve(JsonElement element) => element.TryGetProperty("$ref", out var reference)
        ? Resolve(reference.GetString()![2..].Split('/').Aggregate(_document, (at, name) => at.GetProperty(name)))
        : element;

    /// <returns>What is wrong with a value; nothing when it fits the schema.</returns>
    public IEnumerable<string> Faults(JsonElement schema, JsonElement value)
    {
        var judge = _schemas.GetOrAdd(schema.GetRawText(), text => JsonSchema.FromText(
            $$"""{"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{{_definitions}},"""
            + $$""" "allOf":[{{InDefinitions(text)}}]}"""));
        var result = judge.Evaluate(value, Strict);
        return result.IsValid
            ? []
            : (result.Details ?? []).Where(detail => detail.Errors is { Count: > 0 })
                .SelectMany(
                    detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Key}, {error.Value}"))
                    .DefaultIfEmpty("it does not fit its schema");
    }

    static string InDefinitions(string schema) => schema.Replace(Schemas, "#/$defs/", StringComparison.Ordinal);

    static ApiContract Load()
    {
        using var resource = Assembly.Load("Atrium.Functions")
            .GetManifestResourceStream("Atrium.Functions.Operations.openapi.json")!;
        return new ApiContract(JsonDocument.Parse(resource).RootElement);
    }
}
