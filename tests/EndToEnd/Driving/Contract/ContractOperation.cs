using System.Text.Json;

namespace Atrium.EndToEnd;

/// <summary>One operation of the document.</summary>
internal sealed class ContractOperation(ApiContract contract, string method, string template, JsonElement element)
{
    readonly string[] _segments = template.Split('/');

    public string Id { get; } = element.GetProperty("operationId").GetString()!;

    public string Method => method;

    public string Template => template;

    public int LiteralSegments => _segments.Count(segment => segment is not ['{', ..]);

    /// <summary>The statuses that it has when all goes well.</summary>
    public IEnumerable<int> Successes =>
        element.GetProperty("responses").EnumerateObject()
        .Select(response => int.Parse(response.Name, System.Globalization.CultureInfo.InvariantCulture))
        .Where(IsSuccess);

    /// <summary>Whether its path names more than a tenant.</summary>
    public bool IsAboutOneThing => _segments.Count(segment => segment is ['{', ..]) > 1;

    /// <summary>Whether a request without a body is none.</summary>
    public bool NeedsBody => element.TryGetProperty("requestBody", out var body) && IsRequired(body);

    /// <summary>Whether it has a parameter.</summary>
    public bool Takes(string place, string name) =>
        Parameters().Exists(parameter => In(parameter, place) && NameOf(parameter) == name);

    /// <summary>Whether a path is of this template. Routing ignores the case of what is literal.</summary>
    public bool Matches(string path)
    {
        var segments = path.Split('/');
        return segments.Length == _segments.Length
            && _segments.Zip(segments)
                .All(pair => pair.First is ['{', ..]
                ? pair.Second.Length > 0
                : pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>What in an exchange is otherwise than the document says.</summary>
    public IEnumerable<string> Deviations(ContractExchange exchange)
    {
        var status = exchange.Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (!element.GetProperty("responses").TryGetProperty(status, out var response))
        {
            return [$"the status {status} is not documented"];
        }

        var answer = AnswersDeviations(contract.Resolve(response), exchange);
        return IsSuccess(exchange.Status) ? answer.Concat(RequestsDeviations(exchange)) : answer;
    }

    IEnumerable<string> AnswersDeviations(JsonElement response, ContractExchange exchange)
    {
        var headers = response.TryGetProperty("headers", out var documented)
            ? documented.EnumerateObject().SelectMany(header => HeadersDeviations(header, exchange))
            : [];
        return headers.Concat(response.TryGetProperty("content", out var content)
            ? BodysDeviations("the answer", content, exchange.AnswersType, exchange.Answer)
            : exchange.Answer.Length > 0 ? ["the answer has a body, and none is documented"] : []);
    }

    IEnumerable<string> HeadersDeviations(JsonProperty documented, ContractExchange exchange)
    {
        var header = contract.Resolve(documented.Value);
        return exchange.AnswersHeaders.TryGetValue(documented.Name, out var value)
            ? contract.Faults(header.GetProperty("schema"), Typed(header.GetProperty("schema"), value))
                .Select(fault => $"the header {documented.Name} {fault}")
            : IsRequired(header) ? [$"the header {documented.Name} is missing"] : [];
    }

    // What was accepted must be what the document says is accepted.
    IEnumerable<string> RequestsDeviations(ContractExchange exchange)
    {
        var parameters = Parameters();
        foreach (var (name, value) in exchange.Query)
        {
            if (parameters.Find(parameter => In(parameter, "query") && NameOf(parameter) == name)
                is not { ValueKind: JsonValueKind.Object } parameter)
            {
                yield return $"the query parameter {name} is not documented";
                continue;
            }

            foreach (var fault in contract.Faults(
                parameter.GetProperty("schema"), Typed(parameter.GetProperty("schema"), value)))
            {
                yield return $"the query parameter {name} {fault}";
            }
        }

        foreach (var missing in parameters.Where(
            parameter => In(parameter, "header") && IsRequired(parameter)
            && !exchange.RequestsHeaders.ContainsKey(NameOf(parameter))))
        {
            yield return $"the request was accepted without the header {NameOf(missing)}";
        }

        // A body where none is asked for is ignored, and says nothing about the app.
        if (exchange.Request.Length > 0 && element.TryGetProperty("requestBody", out var body))
        {
            foreach (var deviation in BodysDeviations(
                "the request", body.GetProperty("content"), exchange.RequestsType ?? "application/json",
                exchange.Request))
            {
                yield return deviation;
            }
        }
    }

    IEnumerable<string> BodysDeviations(string whose, JsonElement content, string? type, byte[] body) =>
        type is null || !content.TryGetProperty(type, out var media)
            ? [$"{whose} is {type ?? "of no type"}, which is not documented"]
        : Parsed(body) is not { } json ? [$"{whose} is not JSON"]
        : contract.Faults(media.GetProperty("schema"), json).Select(fault => $"{whose} at {fault}");

    List<JsonElement> Parameters() =>
        element.TryGetProperty("parameters", out var list) ? [.. list.EnumerateArray().Select(contract.Resolve)] : [];

    static JsonElement? Parsed(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body).RootElement;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    JsonElement Typed(JsonElement schema, string text)
    {
        var type = contract.Resolve(schema) is var resolved && resolved.TryGetProperty("type", out var named)
            && named.ValueKind == JsonValueKind.String ? named.GetString() : "string";
        object value = type switch
        {
            "integer" when long.TryParse(text, out var number) => number,
            "boolean" when bool.TryParse(text, out var flag) => flag,
            "array" => text.Split(','),
            _ => text,
        };
        return JsonSerializer.SerializeToElement(value);
    }

    static bool IsSuccess(int status) => status is >= 200 and < 300;

    static bool IsRequired(JsonElement element) =>
        element.TryGetProperty("required", out var required) && required.GetBoolean();

    static bool In(JsonElement parameter, string place) => parameter.GetProperty("in").GetString() == place;

    static string NameOf(JsonElement parameter) => parameter.GetProperty("name").GetString()!;
}
