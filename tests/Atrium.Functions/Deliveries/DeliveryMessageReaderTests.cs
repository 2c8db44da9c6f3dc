using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class DeliveryMessageReaderTests
{
    public static TheoryData<string> Required =>
        ["acceptedAt", "attempt", "delivery", "dueAt", "event", "eventId", "putBack", "run", "runStartedAt", "subscription", "tenant", "version"];

    public static TheoryData<string, object> Wrong => new()
    {
        { "version", 2 },
        { "version", "1" },
        { "tenant", "" },
        { "tenant", 7 },
        { "tenant", "a/b" },
        { "subscription", "sub_/../other" },
        { "delivery", "" },
        { "delivery", "msg_with/slash" },
        { "event", "" },
        { "eventId", 1 },
        { "run", 0 },
        { "run", -1 },
        { "run", "1" },
        { "attempt", 0 },
        { "attempt", 11 },
        { "attempt", 1L },
        { "putBack", -1 },
        { "acceptedAt", "yesterday" },
        { "acceptedAt", "2026-04-15" },
        { "runStartedAt", "2026-04-15T09:30" },
        { "dueAt", 5 },
        { "unrecorded", "{" },
        { "unrecorded", "{}" },
        { "unrecorded", 5 },
        { "unrecorded", "{\"outcome\":\"unheardOf\"}" },
    };

    [Theory]
    [MemberData(nameof(Required))]
    public void A_missing_property_is_named(string name)
    {
        var message = DeliveryMessageWriter.Write(Some.Delivery(), Some.Time);
        message.ApplicationProperties.Remove(name);
        Assert.Contains(name, Assert.IsType<DeliveryReading.Invalid>(DeliveryMessageReader.Read(Some.Received(message))).Why, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_property_that_makes_no_sense_is_refused(string name, object value)
    {
        var message = DeliveryMessageWriter.Write(Some.Delivery(), Some.Time);
        message.ApplicationProperties[name] = value;
        Assert.NotEmpty(Assert.IsType<DeliveryReading.Invalid>(DeliveryMessageReader.Read(Some.Received(message))).Why);
    }

    [Fact]
    public void An_unknown_version_says_what_to_do()
    {
        var message = DeliveryMessageWriter.Write(Some.Delivery(), Some.Time);
        message.ApplicationProperties["version"] = 2;
        var why = Assert.IsType<DeliveryReading.Invalid>(DeliveryMessageReader.Read(Some.Received(message))).Why;
        Assert.Equal("The message's version is 2; this app understands version 1. Deploy the app that understands it, then replay.", why);
    }

    [Fact]
    public void Properties_of_others_are_passed_over()
    {
        var message = DeliveryMessageWriter.Write(Some.Delivery(), Some.Time);
        message.ApplicationProperties["Diagnostic-Id"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        Assert.IsType<DeliveryReading.Understood>(DeliveryMessageReader.Read(Some.Received(message)));
    }
}
