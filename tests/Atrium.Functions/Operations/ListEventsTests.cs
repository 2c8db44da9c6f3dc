using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Atrium.Functions.Contract;
using Atrium.Functions.Events;
using Atrium.Functions.Operations;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Operations;

public sealed class ListEventsTests
{
    const string Schemas = "#/components/schemas/";

    static readonly OpenApiDocument Api = new();
    static readonly JsonElement Document = JsonDocument.Parse(Api.Json).RootElement;

    [Fact]
    public async Task Each_event_has_a_title_and_the_sample_that_tests_send()
    {
        var items = (await ListAsync()).EnumerateArray().ToList();

        Assert.Equal(EventSelection.Names, items.Select(item => item.GetProperty("event").GetString()));
        Assert.Equal(
            ["A visitor is pre-registered", "A visitor checks in", "A visitor checks out"],
            items.Select(item => item.GetProperty("title").GetString()));
        Assert.All(items, item => Assert.Equal(
            EventSamples.Of(item.GetProperty("event").GetString()!), item.GetProperty("sample").GetRawText()));
    }

    [Fact]
    public async Task Each_schema_is_the_one_that_receivers_read_in_the_OpenAPI_document()
    {
        var posted = Document.GetProperty("webhooks").GetProperty("event").GetProperty("post")
            .GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");
        var mapping = Resolve(posted.GetProperty("$ref").GetString()!).GetProperty("discriminator")
            .GetProperty("mapping");

        Assert.All((await ListAsync()).EnumerateArray(), item =>
        {
            var name = item.GetProperty("event").GetString()!;
            var alone = JsonNode.Parse(item.GetProperty("schema").GetRawText().Replace(
                "#/$defs/", Schemas, StringComparison.Ordinal))!.AsObject();
            Assert.Equal("https://json-schema.org/draft/2020-12/schema", alone["$schema"]!.GetValue<string>());
            Assert.All(alone["$defs"]!.AsObject(), definition => Assert.True(JsonNode.DeepEquals(
                JsonNode.Parse(Resolve(Schemas + definition.Key).GetRawText()), definition.Value)));
            alone.Remove("$schema");
            alone.Remove("$defs");
            var described = Resolve(mapping.GetProperty(name).GetString()!);
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(described.GetRawText()), alone));
            Assert.Equal(
                described.GetProperty("description").GetString(), item.GetProperty("description").GetString());
        });
    }

    [Fact]
    public async Task A_schema_refers_to_nothing_outside_of_it()
    {
        Assert.All((await ListAsync()).EnumerateArray(), item =>
        {
            var schema = item.GetProperty("schema");
            Assert.DoesNotContain("#/components", schema.GetRawText(), StringComparison.Ordinal);
            Assert.Equal(
                "#/$defs/Visitor",
                schema.GetProperty("properties").GetProperty("visitor").GetProperty("$ref").GetString());
            Assert.Equal(
                ["Visitor"], schema.GetProperty("$defs").EnumerateObject().Select(definition => definition.Name));
        });
    }

    [Fact]
    public void The_samples_of_the_OpenAPI_document_are_those_that_tests_send()
    {
        var examples = Document.GetProperty("webhooks").GetProperty("event").GetProperty("post")
            .GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("examples");

        Assert.All(EventSelection.Names, name => Assert.True(JsonElement.DeepEquals(
            JsonElement.Parse(EventSamples.Of(name)), examples.GetProperty(name).GetProperty("value"))));
    }

    static JsonElement Resolve(string reference) =>
        Document.GetProperty("components").GetProperty("schemas").GetProperty(reference[Schemas.Length..]);

    static async Task<JsonElement> ListAsync()
    {
        var request = HttpCall.Of("GET", "/api/events");
        var answer = await HttpCall.AnswerAsync(request, new ListEventsFunction(Api).RunAsync(request, default));
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer.Json.GetProperty("items");
    }
}
