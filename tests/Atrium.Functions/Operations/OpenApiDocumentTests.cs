using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Atrium.Functions.Console;
using Atrium.Functions.Contract;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Erasure;
using Atrium.Functions.Http;
using Atrium.Functions.Operations;
using Atrium.Functions.Portal;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Microsoft.OpenApi;

namespace Atrium.Functions.Tests.Operations;

public sealed class OpenApiDocumentTests
{
    static readonly string[] OnEachOperation = ["400", "401", "403", "500", "503"];
    // The page's files, what one machine has, and the portal, which has the operations of the others.
    static readonly string[] WithoutOperation = ["GetConsole", "LocalPortalSession", "Portal"];
    static readonly string[] TenantParameters = ["Tenant", "TenantQuery"];
    static readonly JsonElement Document = JsonDocument.Parse(
        new Functions.Operations.OpenApiDocument().Json).RootElement;

    [Fact]
    public async Task It_is_served_as_it_lies_there()
    {
        var request = HttpCall.Of("GET", "/api/openapi.json");
        var answer = await HttpCall.AnswerAsync(request, new GetOpenApiFunction(new()).RunAsync(request, default));

        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal(Document.GetRawText(), answer.Json.GetRawText());
    }

    [Fact]
    public void It_is_valid_OpenAPI_3_1()
    {
        var read = Microsoft.OpenApi.OpenApiDocument.Parse(Document.GetRawText(), "json");

        Assert.Empty(
            read.Diagnostic!.Errors.Concat(read.Diagnostic.Warnings)
            .Select(fault => $"{fault.Pointer}: {fault.Message}"));
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic.SpecificationVersion);
        Assert.Empty(
            read.Document!.Validate(ValidationRuleSet.GetDefaultRuleSet())
            .Select(fault => $"{fault.Pointer}: {fault.Message}"));
    }

    [Fact]
    public void Each_function_is_one_operation_of_its_name_route_and_method_and_nothing_else_is() => Assert.Equal(
        HttpFunction.All.Where(function => !WithoutOperation.Contains(function.Name)).SelectMany(function =>
            function.Methods.Where(method => method != "head")
                .Select(method => $"{function.Name}: {method} /{function.Route}"))
            .Append("GetPortalOpenApi: get /portal/openapi.json").Append("GetPortalSession: get /portal/session")
            .Order(StringComparer.Ordinal),
        Operations().Select(operation => $"{Text(operation.Value, "operationId")}: {operation.Method} {operation.Path}")
            .Order(StringComparer.Ordinal));

    [Fact]
    public void Each_operation_says_what_it_does_and_how_it_fails() => Assert.All(Operations(), operation =>
    {
        Assert.NotEmpty(Text(operation.Value, "summary"));
        Assert.Empty(
            OnEachOperation.Except(
            operation.Value.GetProperty("responses").EnumerateObject().Select(response => response.Name)));
    });

    [Fact]
    public void Each_operation_declares_exactly_the_parameters_of_its_path() =>
        Assert.All(Operations(), operation => Assert.Equal(
        operation.Path.Split('/').Where(segment => segment is ['{', ..]).Select(segment => segment.Trim('{', '}')),
        Parameters(operation.Value).Where(parameter => Text(parameter, "in") == "path")
            .Select(parameter => Text(parameter, "name"))));

    [Fact]
    public void Each_error_is_a_problem() => Assert.All(
        Operations().SelectMany(operation => operation.Value.GetProperty("responses").EnumerateObject())
            .Where(response => response.Name is ['4' or '5', ..]
                && !(response.Name == "401" && Resolve(response.Value).TryGetProperty("content", out _) == false)),
        response => Assert.Equal(
            ["application/problem+json"],
            Resolve(response.Value).GetProperty("content").EnumerateObject().Select(type => type.Name)));

    [Fact]
    public void A_key_is_asked_for_in_the_header_or_in_the_query()
    {
        var schemes = Document.GetProperty("components").GetProperty("securitySchemes").EnumerateObject()
            .ToDictionary(scheme => scheme.Name, scheme => scheme.Value);

        Assert.Equal(
            ["functionKey", "functionKeyInQuery"],
            Document.GetProperty("security").EnumerateArray()
            .Select(requirement => requirement.EnumerateObject().Single().Name));
        Assert.Equal(
            ["header x-functions-key", "query code", "http bearer"],
            schemes.Values.Select(scheme => Text(scheme, "type") == "http"
                ? $"http {Text(scheme, "scheme")}" : $"{Text(scheme, "in")} {Text(scheme, "name")}"));
    }

    // Without this, an answer could have a field that nobody has documented, and no test would see it.
    [Fact]
    public void Each_object_says_whether_it_may_have_more_fields() =>
        Assert.Empty(
            Objects(Document.GetProperty("components").GetProperty("schemas"), "")
            .Where(found => !found.Schema.TryGetProperty("additionalProperties", out _)).Select(found => found.At));

    [Fact]
    public void Only_what_is_not_ours_to_say_may_have_more_fields() => Assert.Equal(
        [
            "/CheckedIn", "/CheckedIn/properties/visit", "/CheckedOut", "/CheckedOut/properties/visit", "/Notice",
            "/Notice/properties/delivery", "/Notice/properties/webhook", "/PreRegistered",
            "/PreRegistered/properties/visit", "/Visitor",
        ],
        Objects(Document.GetProperty("components").GetProperty("schemas"), "")
            .Where(
                found => found.Schema.TryGetProperty("additionalProperties", out var more)
                && more.ValueKind == JsonValueKind.True).Select(found => found.At).Order(StringComparer.Ordinal));

    [Fact]
    public void Its_bounds_are_those_that_are_enforced()
    {
        Assert.Equal(TenantId.MaxLength, Component("parameters/Tenant/schema/maxLength").GetInt32());
        Assert.Equal(TenantId.MaxLength, Component("parameters/TenantQuery/schema/maxLength").GetInt32());
        Assert.Equal(PageQuery.MaxLimit, Component("parameters/Limit/schema/maximum").GetInt32());
        Assert.Equal(PageQuery.DefaultLimit, Component("parameters/Limit/schema/default").GetInt32());
        Assert.Equal(IdempotencyKey.MaxLength, Component("parameters/IdempotencyKey/schema/maxLength").GetInt32());
        Assert.Equal(
            EndpointUrl.MaxLength, Component("schemas/SubscriptionRequest/properties/url/maxLength").GetInt32());
        Assert.Equal(EndpointUrl.MaxLength, Component("schemas/TestRequest/properties/url/maxLength").GetInt32());
        var session = Component("schemas/PortalSessionRequest/properties");
        Assert.Equal(
            (SessionBounds.MinMinutes, SessionBounds.MaxMinutes, SessionBounds.DefaultMinutes),
            (session.GetProperty("minutes").GetProperty("minimum").GetInt32(),
                session.GetProperty("minutes").GetProperty("maximum").GetInt32(),
                session.GetProperty("minutes").GetProperty("default").GetInt32()));
        Assert.Equal(
            SessionBounds.MaxActorLength, session.GetProperty("actor").GetProperty("maxLength").GetInt32());
        Assert.Equal(
            PortalOptions.MaxUrlLength, session.GetProperty("returnUrl").GetProperty("maxLength").GetInt32());
        Assert.Equal(RetrySchedule.MaxAttempts, Component("schemas/Attempt/properties/attempt/maximum").GetInt32());
        Assert.Equal(
            ErasureRequest.MaxLength, Component("schemas/ErasureRequest/properties/email/maxLength").GetInt32());
        Assert.Equal(HeaderRule.MaxNameLength, Component("schemas/HeaderName/maxLength").GetInt32());
        string[] settings = ["SubscriptionRequest", "SubscriptionSettings", "SubscriptionPatch"];
        Assert.All(
            settings, name => Assert.Equal(1, Component($"schemas/{name}/properties/name/minLength").GetInt32()));
        Assert.All(settings.Concat(["TestRequest", "StoredTestRequest"]), name =>
        {
            var headers = Component($"schemas/{name}/properties/headers");
            Assert.Equal(
                "#/components/schemas/HeaderName",
                headers.GetProperty("propertyNames").GetProperty("$ref").GetString());
            var value = headers.GetProperty("additionalProperties");
            Assert.Equal(
                (1, HeaderRule.MaxValueLength),
                (value.GetProperty("minLength").GetInt32(), value.GetProperty("maxLength").GetInt32()));
        });
    }

    [Theory]
    [InlineData("X-Api-Key", true)]
    [InlineData("!#$%&'*+-.^_`|~0aZ", true)]
    [InlineData("", false)]
    [InlineData("X Key", false)]
    [InlineData("X-Schlüssel", false)]
    [InlineData("X:Key", false)]
    public void Its_pattern_of_a_headers_name_takes_what_is_taken(string name, bool taken)
    {
        Assert.Equal(taken, !HeaderRule.Faults(new Dictionary<string, string?> { [name] = "v" }).Any());
        Assert.Equal(taken, Regex.IsMatch(name, Component("schemas/HeaderName/pattern").GetString()!));
    }

    [Fact]
    public void Each_operation_has_tags_that_are_declared() => Assert.Empty(
        Document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject())
            .SelectMany(operation => operation.Value.GetProperty("tags").EnumerateArray())
            .Select(tag => tag.GetString())
            .Except(Document.GetProperty("tags").EnumerateArray().Select(tag => tag.GetProperty("name").GetString())));

    [Fact]
    public void Its_names_are_those_in_use()
    {
        Assert.Equal(EventSelection.Names, Names("schemas/EventName/enum"));
        Assert.Equal(NoticeEvent.Names, Names("schemas/NoticeName/enum"));
        Assert.Equal([.. EventSelection.Names, .. NoticeEvent.Names], Names("schemas/DeliveredName/enum"));
        Assert.Equal(
            [.. EventSelection.Names, EventSelection.All], Names("schemas/Subscription/properties/events/items/enum"));
        Assert.Equal(Enum.GetNames<AttemptOutcome>(), Names("schemas/AttemptOutcome/enum"));
        Assert.Equal(
            [.. Enum.GetValues<ErrorClass>().Select(error => error.Name()), null], Names("schemas/ErrorClass/enum"));
        Assert.Equal(Enum.GetValues<FailureCause>().Select(cause => cause.Name()), Names("schemas/FailureCause/enum"));
        Assert.Equal(Enum.GetNames<Routing>(), Names("schemas/Routing/enum"));
        Assert.Equal(PortalRightNames.All, Names("schemas/PortalRight/enum"));
        Assert.Equal(
            Enum.GetValues<ProblemCode>().Select(code => code.Name()), Names("schemas/ProblemCode/enum"));
        Assert.Equal(
            Enum.GetValues<FieldErrorCode>().Select(code => JsonSerializer.SerializeToElement(code).GetString()),
            Names("schemas/FieldErrorCode/enum"));
        Assert.Equal(IdempotencyKey.Header, Component("parameters/IdempotencyKey/name").GetString());
    }

    // RFC 9110, 9.1. It would say everything twice.
    [Fact]
    public void Where_get_is_answered_head_is_and_the_document_says_so_once()
    {
        Assert.All(HttpFunction.All, function =>
            Assert.Equal(function.Methods.Contains("get"), function.Methods.Contains("head")));
        Assert.Contains("HEAD is too", Document.GetProperty("info").GetProperty("description").GetString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acme", true)]
    [InlineData("...", true)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("a b", false)]
    public void Its_pattern_of_a_tenant_takes_what_is_taken(string tenant, bool taken)
    {
        Assert.Equal(taken, TenantId.IsValid(tenant));
        Assert.All(
            TenantParameters,
            name => Assert.Equal(taken,
                Regex.IsMatch(tenant, Component($"parameters/{name}/schema/pattern").GetString()!)));
    }

    [Theory]
    [InlineData("parameters/ReasonQuery/schema/maxLength")]
    [InlineData("schemas/DeadLetterRequest/properties/reason/maxLength")]
    [InlineData("schemas/DeadLetter/properties/reason/maxLength")]
    public void Its_longest_reason_is_the_longest_that_is_shown(string path) =>
        Assert.Equal(DeadLetter.MaxReasonLength, Component(path).GetInt32());

    [Fact]
    public void Each_change_of_a_subscription_or_of_notices_names_both_conditions_and_how_they_fail()
    {
        static IEnumerable<string> With(string header) =>
            from operation in Operations()
            where operation.Method != "get"
                && Parameters(operation.Value).Any(parameter => Text(parameter, "name") == header)
            select Text(operation.Value, "operationId");
        static IEnumerable<string> Answering(string status) =>
            from operation in Operations()
            where operation.Value.GetProperty("responses").TryGetProperty(status, out _)
            select Text(operation.Value, "operationId");

        string[] changes =
        [
            "ReplaceSubscription", "PatchSubscription", "DeleteSubscription", "RotateSecret", "RemoveSecret",
            "PauseSubscription", "ResumeSubscription", "PutNotices", "DeleteNotices",
        ];
        Assert.Equal(changes, With("If-Match"));
        Assert.Equal(changes, With("If-None-Match"));
        Assert.Equal(changes, Answering("412"));
        Assert.Equal(changes, Answering("428"));
    }

    [Theory]
    [InlineData("8e03978e-40d5-43e8-bc93-6894a57f9324")]
    [InlineData("\"a key\"")]
    [InlineData("a,b")]
    [InlineData("schl\u00fcssel")]
    [InlineData("a\u007f")]
    public void Its_pattern_of_a_key_takes_what_is_taken(string key)
    {
        var request = HttpCall.Of("POST", "/api/events");
        request.Headers[IdempotencyKey.Header] = key;

        Assert.Equal(
            IdempotencyKey.Read(request).Refusal is null,
            Regex.IsMatch(key, Component("parameters/IdempotencyKey/schema/pattern").GetString()!));
    }

    static IEnumerable<(string Path, string Method, JsonElement Value)> Operations() =>
        from path in Document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (path.Name, operation.Name, operation.Value);

    static IEnumerable<JsonElement> Parameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray().Select(Resolve) : [];

    static IEnumerable<(string At, JsonElement Schema)> Objects(JsonElement element, string at)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var deeper = element.EnumerateObject().SelectMany(property => Objects(property.Value, $"{at}/{property.Name}"));
        return element.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
            && type.GetString() == "object" ? deeper.Prepend((at, element)) : deeper;
    }

    static JsonElement Component(string path) =>
        path.Split('/').Aggregate(Document.GetProperty("components"), (element, name) => element.GetProperty(name));

    static IEnumerable<string?> Names(string path) => Component(path).EnumerateArray().Select(name => name.GetString());

    static JsonElement Resolve(JsonElement element) =>
        element.TryGetProperty("$ref", out var reference)
            ? Component(reference.GetString()!["#/components/".Length..])
            : element;

    static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
