using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Atrium.Functions.Contract;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Events;
using Atrium.Functions.Http;
using Atrium.Functions.Messaging;
using Atrium.Functions.Operations;
using Atrium.Functions.Signing;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Events;

/// <summary>docs/events.md, and the schema of events, are what the code does.</summary>
public sealed partial class EventsPageTests
{
    const string MayBeMissing = "may be missing, null or empty";
    const string Always = "always";

    static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "events.md"));

    static readonly JsonNode Document = JsonNode.Parse(new OpenApiDocument().Json.Span)!;

    public static TheoryData<string> Names => [.. EventSelection.Names];

    public static TheoryData<string> Notices => [.. NoticeEvent.Names];

    [Theory]
    [MemberData(nameof(Names))]
    [MemberData(nameof(Notices))]
    public void Its_samples_are_those_that_tests_send(string name) => Assert.Equal(
        EventSamples.Of(name), Compact(Block(Section(name), "json")));

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_fields_are_those_of_the_schema(string name) => Assert.Equal(
        Fields(Schema(name), ""),
        Rows(Section(name), "field").Select(cells => (cells[0].Trim('`'), cells[1], cells[2])));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_field_may_be_missing_where_the_schema_says_so_and_nowhere_else(string name)
    {
        Assert.All(Fields(Schema(name), ""), field =>
        {
            Assert.Equal(field.Present == MayBeMissing, IsAccepted(parent => parent.Remove(Last(field.Path))));
            Assert.Equal(field.Present == MayBeMissing, IsAccepted(parent => parent[Last(field.Path)] = null));
            Assert.Equal(
                field.Present == MayBeMissing,
                IsAccepted(parent => parent[Last(field.Path)] = field.Type == "list of texts" ? new JsonArray() : ""));
            Assert.False(IsAccepted(parent => parent[Last(field.Path)] = 1));

            bool IsAccepted(Action<JsonObject> change)
            {
                var root = JsonNode.Parse(EventSamples.Of(name))!.AsObject();
                change(field.Path.Split('.')[..^1].Aggregate(root, (at, part) => at[part]!.AsObject()));
                return EventReader.Read(Encoding.UTF8.GetBytes(root.ToJsonString())) is EventReading.Valid;
            }
        });

        static string Last(string path) => path.Split('.')[^1];
    }

    // One schema has the fields of both notices. A sample has all that its notice can have.
    [Theory]
    [MemberData(nameof(Notices))]
    public void Its_fields_of_notices_are_those_of_the_schema_that_their_samples_have(string name)
    {
        var sample = JsonNode.Parse(EventSamples.Of(name))!;
        Assert.Equal(
            Fields(Document["components"]!["schemas"]!["Notice"]!, "")
                .Where(field => field.Path.Split('.').Aggregate(sample, (at, part) => at?[part]!) is not null)
                .Select(field => (field.Path, field.Type, field.Present == Always ? Always : "may be missing")),
            Rows(Section(name), "field").Select(cells => (cells[0].Trim('`'), cells[1], cells[2])));
    }

    [Fact]
    public void The_examples_of_notices_in_the_schema_are_those_that_tests_send() => Assert.Equal(
        NoticeEvent.Names.Select(EventSamples.Of), ExamplesOf("notice"));

    [Fact]
    public void The_examples_of_the_schema_are_those_that_tests_send() => Assert.Equal(
        EventSamples.All, ExamplesOf("event"));

    [Fact]
    public void Its_request_is_the_one_that_is_sent()
    {
        var block = Block(Section("The request"), "http");
        var body = Encoding.UTF8.GetBytes(block[(block.IndexOf("\n\n", StringComparison.Ordinal) + 2)..]);
        var secret = SigningSecret.Parse(SecretText().Match(Page).Value).Secret!;
        var sent = new OutgoingRequest("https://crm.example.com/hook", Some.DeliveryId, 1_776_247_501, body)
        {
            Secrets = [secret],
        };

        Assert.Equal(EventSamples.CheckedIn, Compact(Encoding.UTF8.GetString(body)));
        Assert.Equal(
            "POST /hook HTTP/1.1\nHost: crm.example.com\n"
            + string.Concat(sent.Headers().Select(header => $"{header.Key}: {header.Value}\n"))
            + $"Content-Length: {body.Length}\n\n{Encoding.UTF8.GetString(body)}",
            block);
    }

    [Fact]
    public void It_names_every_header_of_ours()
    {
        var test = new OutgoingRequest("https://crm.example.com/", "id", 1, default)
        {
            Secrets = [SigningSecret.Parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").Secret!],
            IsTest = true,
        };

        // What HTTP itself is made of needs no explanation.
        Assert.Equal(
            test.Headers().Select(header => header.Key).Except(["Content-Type", "Accept"]).Order(),
            Rows(Section("The request"), "header").Select(cells => cells[0].Trim('`')).Order());
    }

    [Fact]
    public void Its_numbers_are_those_that_are_enforced()
    {
        var limits = JsonSerializer.SerializeToNode(
            Limits.Of(
                new DeliveryOptions(), new EndpointBounds(HostFile.MaxConcurrentCalls, new EgressOptions().Timeout),
                new EgressOptions(), new DeadLetterOptions()),
            JsonSerializerOptions.Web)!;
        var rows = Rows(Section("Numbers"), "what").ToList();

        Assert.NotEmpty(rows);
        Assert.Equal(
            rows.Select(cells => $"{cells[2]}: {Text(cells[2].Trim('`'), limits)}"),
            rows.Select(cells => $"{cells[2]}: {cells[1]}"));
    }

    [Fact]
    public void The_page_about_events_says_that_an_attempt_can_count_without_a_request()
    {
        var section = Section("Retries");

        Assert.All(
            [ErrorClass.EndpointDown, ErrorClass.EndpointOverloaded],
            error => Assert.Contains($"(`{error.Name()}`)", section, StringComparison.Ordinal));
        Assert.Contains("counts without a request", Unwrapped(section), StringComparison.Ordinal);
        Assert.Contains(
            "counts without a request",
            Document["webhooks"]!["event"]!["post"]!["responses"]!["default"]!["description"]!.GetValue<string>(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_about_events_names_every_way_in_which_the_same_webhook_id_comes_again()
    {
        var section = Section("Order and duplicates");
        var days = new DeadLetterOptions().RetentionDays;

        Assert.Equal(
            [
                "You processed the event, and answered too late or not with 2xx.",
                "You closed a connection just as a request arrived. Keep idle connections open for more than "
                    + $"{EgressClient.LongestIdle.TotalSeconds} s, since we do not use older ones.",
                "Your answer could not be recorded.",
                "Our queue failed for more than a minute just as an attempt was to wait, and the attempt was made "
                    + "twice.",
                "An admin replays a delivery that you have processed.",
                $"The event is published again after more than {Queues.DuplicateWindow.TotalMinutes} minutes.",
            ],
            Unwrapped(section).Split("\n- ").Skip(1).Select(item => item.Split("\n\n")[0]));
        Assert.Contains(
            $"keep each id for {days} days after it last came", Unwrapped(section), StringComparison.Ordinal);
    }

    static string Unwrapped(string text) => Wrap().Replace(text, " ");

    static IEnumerable<string> ExamplesOf(string webhook) =>
        Document["webhooks"]![webhook]!["post"]!["requestBody"]!["content"]!["application/json"]!["examples"]!
            .AsObject().Select(example => Compact(example.Value!["value"]!.ToJsonString()));

    static string Text(string path, JsonNode limits)
    {
        var value = path.Split('.').Aggregate(limits, (at, name) => at[name]!);
        return value is JsonArray list
            ? string.Join(", ", list.Select(one => one!.ToJsonString()))
                + (path.EndsWith("Seconds", StringComparison.Ordinal) ? " s" : "")
            : Amount(value.GetValue<double>(), Unit().Match(path).Value);
    }

    static string Amount(double value, string unit) => (unit, value) switch
    {
        ("jitter", _) => $"{Number(value * 100)} %",
        ("Seconds", >= 86_400) => $"{Number(value / 86_400)} days",
        ("Seconds", >= 120) => $"{Number(value / 60)} minutes",
        ("Seconds", _) => $"{Number(value)} s",
        ("", _) => Number(value),
        _ => $"{Number(value)} {unit.ToLowerInvariant()}",
    };

    static string Number(double value) => value.ToString("#,0.###", CultureInfo.InvariantCulture);

    static JsonNode Schema(string name) =>
        Resolve(JsonNode.Parse($$"""{"$ref":"{{Document["components"]!["schemas"]!["Event"]!["discriminator"]!
            ["mapping"]![name]}}"}""")!);

    static JsonNode Resolve(JsonNode schema) =>
        schema["$ref"] is { } reference
            ? reference.GetValue<string>().Split('/').Skip(1).Aggregate(Document, (at, name) => at[name]!)
            : schema;

    // Objects are gone into; what is left are the fields that hold something, in the order of the schema.
    static IEnumerable<(string Path, string Type, string Present)> Fields(JsonNode schema, string at)
    {
        var required = schema["required"]!.AsArray().Select(name => name!.GetValue<string>()).ToHashSet();
        return schema["properties"]!.AsObject().SelectMany(property =>
        {
            var (path, inner) = (at + property.Key, Resolve(property.Value!));
            return inner["properties"] is not null
                ? Fields(inner, path + ".")
                : [(path, Type(inner), required.Contains(property.Key) ? Always : MayBeMissing)];
        });
    }

    static string Type(JsonNode schema) =>
        schema["items"] is not null ? "list of texts" : schema["format"] is not null ? "time" : "text";

    static string Section(string heading) =>
        Page.Replace("\n### ", "\n## ", StringComparison.Ordinal).Split("\n## ").Single(
            section => section.StartsWith(heading + "\n", StringComparison.Ordinal));

    static string Block(string section, string language)
    {
        var start = section.IndexOf($"```{language}\n", StringComparison.Ordinal) + $"```{language}\n".Length;
        return section[start..section.IndexOf("\n```", start, StringComparison.Ordinal)];
    }

    static IEnumerable<string[]> Rows(string section, string firstColumn) =>
        section.Split('\n').SkipWhile(line => !line.StartsWith($"| {firstColumn} |", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray());

    static string Compact(string json) => JsonNode.Parse(json)!.ToJsonString();

    [GeneratedRegex("whsec_[A-Za-z0-9+/=]+")]
    private static partial Regex SecretText();

    [GeneratedRegex(@"(?<!\n)\n *(?![\n -])")]
    private static partial Regex Wrap();

    [GeneratedRegex("jitter|Bytes|Seconds|Days|Hours|Characters")]
    private static partial Regex Unit();
}
