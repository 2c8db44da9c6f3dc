using System.Text;
using System.Text.Json.Nodes;
using Atrium.Functions.Events;
using Atrium.Functions.Http;
using Atrium.Functions.Tests.Fakes;
using CsCheck;

namespace Atrium.Functions.Tests.Events;

public sealed class EventReaderTests
{
    public static TheoryData<string> EventNames =>
        ["visitor.pre_registered", "visitor.checked_in", "visitor.checked_out"];

    public static TheoryData<string, string> RequiredFields => new()
    {
        { "visitor.pre_registered", "/event" },
        { "visitor.pre_registered", "/timestamp" },
        { "visitor.pre_registered", "/visitor" },
        { "visitor.pre_registered", "/visitor/email" },
        { "visitor.pre_registered", "/visit" },
        { "visitor.pre_registered", "/visit/host" },
        { "visitor.pre_registered", "/visit/site" },
        { "visitor.pre_registered", "/visit/expected_arrival" },
        { "visitor.checked_in", "/visit/host" },
        { "visitor.checked_in", "/visit/site" },
        { "visitor.checked_in", "/visit/checked_in_at" },
        { "visitor.checked_out", "/visit/checked_in_at" },
        { "visitor.checked_out", "/visit/checked_out_at" },
    };

    public static TheoryData<string, string> OptionalFields => new()
    {
        { "visitor.pre_registered", "/visitor/first_name" },
        { "visitor.pre_registered", "/visitor/last_name" },
        { "visitor.checked_in", "/visitor/last_name" },
        { "visitor.checked_out", "/visitor/first_name" },
        { "visitor.pre_registered", "/visitor/company" },
        { "visitor.pre_registered", "/visit/purpose" },
        { "visitor.checked_out", "/visit/documents_signed" },
    };

    public static TheoryData<string> Times => ["/timestamp", "/visit/checked_in_at", "/visit/checked_out_at"];

    [Theory]
    [MemberData(nameof(EventNames))]
    public void Each_sample_of_the_contract_is_an_event(string name) =>
        Assert.Equal(new EventReading.Valid(name), EventReader.Read(SampleEvents.Of(name)));

    [Theory]
    [MemberData(nameof(EventNames))]
    public void Fields_that_are_not_known_are_no_fault(string name) => Assert.Equal(
        new EventReading.Valid(name),
        EventReader.Read(SampleEvents.Changed(name, sample =>
        {
            sample["schema"] = 2;
            sample["visitor"]!["badge"] = new JsonObject { ["colours"] = new JsonArray(1, null, "red") };
            sample["visit"]!["host_email"] = null;
        })));

    [Theory]
    [MemberData(nameof(RequiredFields))]
    public void A_missing_field_is_named(string name, string path) =>
        Assert.Equal([path], Faults(SampleEvents.Changed(name, sample => Parent(sample, path).Remove(Leaf(path)))));

    [Theory]
    [MemberData(nameof(RequiredFields))]
    public void A_field_of_another_type_is_named(string name, string path) => Assert.All(
        new Func<JsonNode?>[] { () => 1, () => true, () => new JsonArray(), () => null },
        value => Assert.Equal(
            [path], Faults(SampleEvents.Changed(name, sample => Parent(sample, path)[Leaf(path)] = value()))));

    [Theory]
    [MemberData(nameof(OptionalFields))]
    public void What_is_optional_may_be_missing_or_null(string name, string path)
    {
        Assert.Empty(Faults(SampleEvents.Changed(name, sample => Parent(sample, path).Remove(Leaf(path)))));
        Assert.Empty(Faults(SampleEvents.Changed(name, sample => Parent(sample, path)[Leaf(path)] = null)));
    }

    [Theory]
    [MemberData(nameof(OptionalFields))]
    public void What_is_optional_has_its_type_when_it_is_there(string name, string path) =>
        Assert.Equal(
            [path], Faults(SampleEvents.Changed(name, sample => Parent(sample, path)[Leaf(path)] = new JsonArray(1))));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\u200b")]
    [InlineData("\u3164 \ufeff")]
    public void An_empty_text_is_named(string text) =>
        Assert.Equal(
            ["/visitor/email"],
            Faults(SampleEvents.Changed("visitor.checked_in", sample => sample["visitor"]!["email"] = text)));

    [Theory]
    [InlineData("Suharto", "")]
    [InlineData("", "Suharto")]
    [InlineData(null, "Suharto")]
    [InlineData("Suharto", null)]
    [InlineData("", "")]
    [InlineData(null, null)]
    [InlineData(" ", "\u200b")]
    public void A_visitor_may_have_one_name_or_none(string? first, string? last) => Assert.All(
        Functions.Contract.EventSelection.Names,
        name => Assert.Empty(Faults(SampleEvents.Changed(name, sample =>
            (sample["visitor"]!["first_name"], sample["visitor"]!["last_name"]) = (first, last)))));

    [Theory]
    [MemberData(nameof(Times))]
    public void A_time_without_a_zone_is_named(string path) =>
        Assert.Equal(
            [path],
            Faults(
            SampleEvents.Changed(
            "visitor.checked_out", sample => Parent(sample, path)[Leaf(path)] = "2026-04-15T14:30:00")));

    [Theory]
    [InlineData("2026-04-15")]
    [InlineData("2026-04-15 14:30:00Z")]
    [InlineData("15.04.2026T14:30:00Z")]
    [InlineData("2026-02-30T14:30:00Z")]
    [InlineData("2026-04-15T25:00:00Z")]
    [InlineData("2026-04-15T14:30:00 CEST")]
    [InlineData("1776245400")]
    [InlineData("2026-04-15T14:30:00+0200")]
    [InlineData("2026-04-15T14:30:00.Z")]
    [InlineData("now")]
    [InlineData("")]
    public void What_is_no_time_is_named(string text) =>
        Assert.Equal(
            ["/timestamp"], Faults(SampleEvents.Changed("visitor.checked_in", sample => sample["timestamp"] = text)));

    [Theory]
    [InlineData("2026-04-15T14:30:00Z")]
    [InlineData("2026-04-15T14:30:00+02:00")]
    [InlineData("2026-04-15T14:30:00-11:30")]
    [InlineData("2026-04-15T14:30:00.5Z")]
    [InlineData("2026-04-15T14:30:00.123456+00:00")]
    [InlineData("2026-04-15T14:30:00.1234567Z")]
    [InlineData("2026-04-15T14:30:00.123456789Z")]
    [InlineData("2026-04-15t14:30:00z")]
    public void A_time_with_a_zone_is_taken(string text) =>
        Assert.Empty(Faults(SampleEvents.Changed("visitor.checked_in", sample => sample["timestamp"] = text)));

    [Theory]
    [InlineData("visitor.unheard_of")]
    [InlineData("Visitor.checked_in")]
    [InlineData("*")]
    [InlineData("")]
    public void An_unknown_event_is_named(string name)
    {
        var error = Assert.Single(Errors(SampleEvents.Changed("visitor.checked_in", sample => sample["event"] = name)));
        Assert.Equal("/event", error.Pointer);
        Assert.Contains("visitor.checked_in", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_told_at_once() => Assert.Equal(
        ["/timestamp", "/visitor/email", "/visit/host"],
        Faults(SampleEvents.Changed("visitor.checked_in", sample =>
        {
            sample.Remove("timestamp");
            sample["visitor"]!["email"] = 1;
            sample["visit"]!["host"] = null;
        })));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("event=visitor.checked_in")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{\"event\":}")]
    [InlineData("{\"event\":1,}")]
    [InlineData("/* */ {}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[{}]")]
    [InlineData("\"visitor.checked_in\"")]
    [InlineData("7")]
    public void What_is_no_json_object_is_refused_as_a_whole(string text) =>
        Assert.Equal([""], Faults(BinaryData.FromString(text)));

    [Theory]
    [InlineData(
        "\"event\":\"visitor.checked_in\"", "\"event\":\"visitor.checked_in\",\"event\":\"visitor.checked_out\"")]
    [InlineData(
        "\"event\":\"visitor.checked_in\"", "\"event\":\"visitor.checked_in\",\"\\u0065vent\":\"visitor.checked_out\"")]
    [InlineData("\"host\":", "\"extra\":{\"a\":1,\"a\":2},\"host\":")]
    public void Duplicate_property_names_are_refused(string old, string with)
    {
        var compact = SampleEvents.Changed("visitor.checked_in", _ => { }).ToString();
        Assert.Equal([""], Faults(BinaryData.FromString(compact.Replace(old, with, StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("nan")]
    [InlineData("nil")]
    [InlineData("True")]
    [InlineData("false1")]
    [InlineData("1,\"visitor\":1")]
    [InlineData("'Jane'")]
    [InlineData("\"\\Jane\"")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"Jane\"]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]")]
    [InlineData("{\"Jane\":1,\"Jane\":2}")]
    public void What_is_wrong_with_the_json_is_told_without_a_word_of_it(string value)
    {
        var body = "{\n \"extra\":" + value + ",\"visitor\":{\"email\":\"Jane@example.com\"}}";
        var error = Assert.Single(Errors(BinaryData.FromString(body)));
        Assert.Matches(
            value.Contains("1,", StringComparison.Ordinal)
                ? "^An object of the body has two fields of one name\\.$"
                : "^From line 2, byte [0-9]+ on, the body is not valid JSON, or it is nested deeper than 32 levels\\.$",
            error.Detail);
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void Nesting_has_a_limit(int depth, bool taken)
    {
        // The event itself is the first level.
        var nested = new string('[', depth - 1) + new string(']', depth - 1);
        var compact = SampleEvents.Changed("visitor.checked_in", _ => { }).ToString();
        Assert.Equal(taken ? [] : [""], Faults(BinaryData.FromString($"{{\"deep\":{nested},{compact[1..]}")));
    }

    [Fact]
    public void A_million_brackets_are_refused_and_no_crash() =>
        Assert.Equal([""], Faults(BinaryData.FromString(new string('[', EventReader.MaxBytes))));

    [Theory]
    [InlineData(new byte[] { 0xC3, 0x28 })]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    public void Invalid_utf8_is_refused_wherever_it_stands(byte[] invalid)
    {
        var sample = SampleEvents.CheckedIn.ToString();
        var before = Encoding.UTF8.GetBytes(sample[..sample.IndexOf("Acme", StringComparison.Ordinal)]);
        var after = Encoding.UTF8.GetBytes(sample[sample.IndexOf("Acme", StringComparison.Ordinal)..]);
        var error = Assert.Single(Errors(BinaryData.FromBytes([.. before, .. invalid, .. after])));
        Assert.Equal(("", "The body is not UTF-8."), (error.Pointer, error.Detail));
    }

    [Fact]
    public void A_byte_order_mark_is_refused() =>
        Assert.Equal([""], Faults(BinaryData.FromBytes([0xEF, 0xBB, 0xBF, .. SampleEvents.CheckedIn.ToArray()])));

    [Theory]
    [InlineData("\"email\":\"jane.smith@example.com\"", "\"email\":\"\\ud800\"", "/visitor/email")]
    [InlineData("\"event\":\"visitor.checked_in\"", "\"event\":\"\\udfff\"", "/event")]
    [InlineData("\"timestamp\":\"2026-04-15T10:05:00Z\"", "\"timestamp\":\"\\ud83d\"", "/timestamp")]
    public void Half_a_surrogate_pair_is_no_text(string old, string with, string path)
    {
        var compact = SampleEvents.Changed("visitor.checked_in", _ => { }).ToString();
        var error = Assert.Single(Errors(
            BinaryData.FromString(compact.Replace(old, with, StringComparison.Ordinal))));
        Assert.Equal(
            (path, path == "/event" ? FieldErrorCode.UnknownValue : FieldErrorCode.InvalidFormat),
            (error.Pointer, error.Code));
    }

    [Theory]
    [MemberData(nameof(OptionalFields))]
    public void Half_a_surrogate_pair_is_no_text_in_an_optional_field_either(string name, string path)
    {
        Assert.All(["\\ud83d", "\\ude00", "Zo\\ud83d\\ud83d", "\\ude00\\ud83d"], text =>
        {
            var error = Assert.Single(Errors(With(text)));
            Assert.Equal((path, FieldErrorCode.InvalidFormat), (error.Pointer, error.Code));
        });
        Assert.Empty(Errors(With("\\ud83d\\ude00")));

        BinaryData With(string text) => BinaryData.FromString(SampleEvents.Changed(
            name,
            sample => Parent(sample, path)[Leaf(path)] =
                Parent(sample, path)[Leaf(path)] is JsonArray ? new JsonArray("NDA v3", "HERE") : "HERE")
            .ToString().Replace("HERE", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{\"\\ud800\":1,")]
    [InlineData("{\"x\":{\"\\ud800\":1},")]
    [InlineData("{\"x\":[{\"a\":1,\"\\udfff\":2}],")]
    [InlineData("{\"visitor\":{\"\\ud800\":1,\"email\":\"jane.smith@example.com\"},\"y\":{\"z\":1},")]
    public void Half_a_surrogate_pair_is_no_name_of_a_field(string begin)
    {
        var compact = SampleEvents.Changed("visitor.checked_in", _ => { }).ToString();
        var error = Assert.Single(Errors(BinaryData.FromString(begin + compact[1..])));
        Assert.Equal(("", FieldErrorCode.InvalidJson), (error.Pointer, error.Code));
    }

    [Theory]
    [InlineData("\"\\ud800\":1")]
    [InlineData("\"\\ud800\":1,\"\\ud800\":2")]
    [InlineData("\"\\ud800\":1,\"\\udfff\":2")]
    [InlineData("\"x\":{\"\\ud800\":1,\"\\ud800\":2}")]
    public void Half_a_surrogate_pair_in_an_unknown_fields_name_is_no_crash(string field)
    {
        var compact = SampleEvents.Changed("visitor.checked_in", _ => { }).ToString();
        EventReader.Read(BinaryData.FromString($"{{{field},{compact[1..]}"));
    }

    [Fact]
    public void The_largest_event_is_taken_and_one_byte_more_is_not()
    {
        Assert.Empty(Faults(OfSize(EventReader.MaxBytes)));
        Assert.Contains(
            "196608", Assert.Single(Errors(OfSize(EventReader.MaxBytes + 1))).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_bytes_are_reading_gives_an_answer() =>
        Gen.Select(Gen.Int[0, 2], Gen.Select(Gen.Int[0, 400], Gen.Byte).Array[1, 6]).Sample((which, changes) =>
        {
            var bytes = SampleEvents.Of(Functions.Contract.EventSelection.Names[which]).ToArray();
            foreach (var (at, value) in changes)
            {
                bytes[at % bytes.Length] = value;
            }

            Assert.NotNull(EventReader.Read(bytes));
        });

    [Fact]
    public void All_faults_in_one_line_name_their_fields()
    {
        var reading = EventReader.Read(
            SampleEvents.Changed("visitor.checked_in", sample => sample.Remove("timestamp")));
        Assert.Equal("/timestamp: This field is missing.", reading.ToString());
    }

    static IEnumerable<string> Faults(BinaryData body) => Errors(body).Select(error => error.Pointer);

    static IReadOnlyList<Functions.Http.FieldError> Errors(BinaryData body) =>
        EventReader.Read(body) is EventReading.Invalid(var errors) ? errors : [];

    static JsonObject Parent(JsonObject sample, string path) =>
        path.Split('/')[1..^1].Aggregate(sample, (node, name) => node[name]!.AsObject());

    static string Leaf(string path) => path.Split('/')[^1];

    static BinaryData OfSize(int bytes)
    {
        var sample = SampleEvents.CheckedIn.ToArray();
        return BinaryData.FromBytes([.. sample, .. Enumerable.Repeat((byte)' ', bytes - sample.Length)]);
    }
}
