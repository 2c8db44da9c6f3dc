using Atrium.Functions.Contract;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class DeliveryMessageReaderTests
{
    public static TheoryData<string> Required =>
        ["acceptedAt", "attempt", "delivery", "dueAt", "event", "eventId", "putBack", "run", "runStartedAt",
            "subscription", "tenant", "version"];

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
        { "eventId", true },
        { "run", 0 },
        { "run", -1 },
        { "run", "1" },
        { "attempt", 0 },
        { "attempt", 11 },
        { "putBack", -1 },
        { "putBackReason", true },
        { "putBacksInARow", -1 },
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
        Assert.Contains(
            name, Why(message),
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_property_that_makes_no_sense_is_refused(string name, object value)
    {
        var message = DeliveryMessageWriter.Write(Some.Delivery(), Some.Time);
        message.ApplicationProperties[name] = value;
        Assert.NotEmpty(Why(message));
    }

    /// <summary>AMQP has eight integer types, and each client library picks one of its own.</summary>
    public static TheoryData<object> One => [(sbyte)1, (byte)1, (short)1, (ushort)1, 1, 1u, 1L, 1UL];

    /// <summary>What looks like the number and is none, with what the sentence says of it.</summary>
    public static TheoryData<object, string> NoInteger => new()
    {
        { 1.0, "double" },
        { 1f, "float" },
        { 1m, "decimal" },
        { "1", "string" },
        { '1', "char" },
        { true, "boolean" },
        { Guid.Empty, "uuid" },
        { DateTime.UnixEpoch, "timestamp" },
    };

    [Theory]
    [MemberData(nameof(One))]
    public void An_integer_of_any_type_is_that_integer(object one)
    {
        var message = DeliveryMessageWriter.Write(Some.Delivery(), Some.Time);
        foreach (var name in new[] { "version", "run", "attempt", "putBack" })
        {
            message.ApplicationProperties[name] = one;
        }

        var read = Understood(message);
        Assert.Equal((1, 1, 1), (read.Run, read.Attempt, read.PutBack));
    }

    [Theory]
    [MemberData(nameof(NoInteger))]
    public void What_is_no_integer_is_refused_by_its_type(object value, string type)
    {
        Assert.Equal($"The property 'run' is no integer; its type is {type}.", WhyWith("run", value));
        Assert.Equal(
            $"The message's version is no integer, its type is {type}; this app understands version 1. "
            + "Deploy the app that understands it, then replay.",
            WhyWith("version", value));
    }

    [Theory]
    [InlineData("run", 0L, "The property 'run' is 0; it must be from 1 to 1000000000.")]
    [InlineData("run", ulong.MaxValue, "The property 'run' is 18446744073709551615; it must be from 1 to 1000000000.")]
    [InlineData("attempt", 11, "The property 'attempt' is 11; it must be from 1 to 10.")]
    [InlineData("putBack", int.MaxValue, "The property 'putBack' is 2147483647; it must be from 0 to 1000000000.")]
    [InlineData("eventId", true, "The property 'eventId' is no text; its type is boolean.")]
    [InlineData("eventId", "a\nb", "The property 'eventId' holds a control character.")]
    [InlineData("tenant", "..", "The property 'tenant' is not what it must be. " + TenantId.Rule)]
    [InlineData("tenant", "a/b", "The property 'tenant' is not what it must be. " + TenantId.Rule)]
    [InlineData(
        "subscription", "sub_1", "The property 'subscription' is not what it must be. It is a subscription's id.")]
    [InlineData("delivery", 5, "The property 'delivery' is no text; its type is int. It is a delivery's id.")]
    [InlineData(
        "event", "2027-12-31T00:00:00.0000000Z",
        "The property 'event' is not what it must be. Choose one of visitor.pre_registered, visitor.checked_in, "
        + "visitor.checked_out, webhook.failing, webhook.recovered.")]
    [InlineData(
        "dueAt", "soon", "The property 'dueAt' is no time with a zone (RFC 3339), such as 2026-04-15T09:30:00Z.")]
    [InlineData("dueAt", 5, "The property 'dueAt' is no time; its type is int.")]
    [InlineData("dueAt", "9999-12-31T23:59:59.9999999Z", "The property 'dueAt' lies in the future.")]
    [InlineData("acceptedAt", "0001-01-01T00:00:00.0000000Z", "The property 'acceptedAt' lies before the year 2020.")]
    [InlineData("unrecorded", "{}", "The property 'unrecorded' is no record of an attempt.")]
    [InlineData("unrecorded", "null", "The property 'unrecorded' is the record of another attempt.")]
    public void What_is_refused_is_named_with_what_it_must_be(string name, object value, string why) =>
        Assert.Equal(why, WhyWith(name, value));

    [Fact]
    public void An_event_id_that_no_table_row_and_no_message_would_take_is_refused_before_anything_is_sent() =>
        Assert.Equal(
            "The property 'eventId' has 40000 characters; 128 are the most.",
            WhyWith("eventId", new string('x', 40_000)));

    [Theory]
    [InlineData("tenant", "another")]
    [InlineData("attempt", 2)]
    [InlineData("run", 2)]
    [InlineData("explanation", "2561 characters")]
    public void A_record_that_is_not_the_attempts_own_or_that_no_table_takes_is_refused(string what, object value)
    {
        var record = what switch
        {
            "tenant" => Some.Record() with { Tenant = (string)value },
            "attempt" => Some.Record() with { Attempt = (int)value },
            "run" => Some.Record() with { Run = (int)value },
            _ => Some.Record() with { Explanation = new string('x', AttemptRecord.MaxExplanationCharacters + 1) },
        };
        var message = DeliveryMessageWriter.Write(Some.Delivery() with { Unrecorded = record }, Some.Time);

        Assert.Equal(
            "The property 'unrecorded' is the record of another attempt.",
            Why(message));
    }

    [Theory]
    [InlineData(0, "The message's body is empty.")]
    [InlineData(196_609, "The message's body has 196609 bytes; 196608 are the most.")]
    public void A_body_that_no_event_has_is_refused(int length, string why)
    {
        var message = DeliveryMessageWriter.Write(Some.Delivery() with { Body = new(new byte[length]) }, Some.Time);
        Assert.Equal(
            why, Why(message));
    }

    [Fact]
    public void A_time_of_AMQPs_own_type_is_a_time()
    {
        var message = DeliveryMessageWriter.Write(Some.Delivery(), Some.Time);
        message.ApplicationProperties["dueAt"] = Some.Time.AddSeconds(1).UtcDateTime;
        var read = Understood(message);
        Assert.Equal(Some.Time.AddSeconds(1), read.DueAt);
    }

    [Fact]
    public void An_unknown_version_says_what_to_do()
    {
        var message = DeliveryMessageWriter.Write(Some.Delivery(), Some.Time);
        message.ApplicationProperties["version"] = 2;
        var why = Why(message);
        Assert.Equal(
            "The message's version is 2; this app understands version 1. Deploy the app that understands it, then "
            + "replay.", why);
    }

    [Fact]
    public void Properties_of_others_are_passed_over()
    {
        var message = DeliveryMessageWriter.Write(Some.Delivery(), Some.Time);
        message.ApplicationProperties["Diagnostic-Id"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        Understood(message);
    }

    static string WhyWith(string name, object value)
    {
        var message = DeliveryMessageWriter.Write(Some.Delivery(), Some.Time);
        message.ApplicationProperties[name] = value;
        return Why(message);
    }

    static DeliveryMessage Understood(ServiceBusMessage message)
    {
        var (delivery, fault) = DeliveryMessageReader.Read(Some.Received(message));
        Assert.Null(fault);
        return Assert.IsType<DeliveryMessage>(delivery);
    }

    static string Why(ServiceBusMessage message)
    {
        var (delivery, fault) = DeliveryMessageReader.Read(Some.Received(message));
        Assert.Null(delivery);
        return Assert.IsType<string>(fault);
    }
}
