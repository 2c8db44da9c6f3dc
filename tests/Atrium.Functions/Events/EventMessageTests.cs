using Atrium.Functions.Events;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Events;

public sealed class EventMessageTests
{
    [Fact]
    public void A_producers_message_needs_no_properties()
    {
        var (message, fault) = EventMessage.Read(From());
        Assert.Null(fault);
        Assert.Equal(
            ("default", "from-atrium", Some.Time, 0),
            (message!.Tenant, message.EventId, message.AcceptedAt, message.PutBack));
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a\u2028b")]
    public void A_message_id_that_would_forge_a_line_of_the_log_is_no_event_id(string id) => Assert.Equal(
        "The property 'eventId' is missing, and the message's id cannot stand for it: it is too long, or holds a "
            + "control "
        + "character.",
        EventMessage.Read(From(id)).Fault);

    [Fact]
    public void An_event_id_longer_than_a_message_id_can_be_is_refused()
    {
        Assert.Null(PutBackWith("eventId", new string('x', 128)).Fault);
        Assert.Contains("128", PutBackWith("eventId", new string('x', 129)).Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eventId", "visit-17")]
    [InlineData("eventId", 17)]
    [InlineData("acceptedAt", "2026-01-02T03:04:05.0000000Z")]
    [InlineData("acceptedAt", "yesterday")]
    [InlineData("livesFrom", "2026-01-02T03:04:05.0000000Z")]
    public void A_property_of_the_publishers_own_is_not_taken_for_the_apps(string name, object value)
    {
        var (message, fault) = EventMessage.Read(From(properties: new() { [name] = value }));
        Assert.Null(fault);
        Assert.Equal(
            ("from-atrium", Some.Time, Some.Time), (message!.EventId, message.AcceptedAt, message.LivesFrom));
    }

    [Theory]
    [InlineData("9999-12-31T23:59:59.0000000Z")]
    [InlineData("2026-05-15T09:30:00.0000000Z")]
    public void An_event_accepted_in_the_future_is_refused(string acceptedAt) => Assert.Contains(
        "future", PutBackWith("acceptedAt", acceptedAt).Fault, StringComparison.Ordinal);

    [Fact]
    public void A_producers_tenant_and_message_id_are_taken()
    {
        var (message, _) = EventMessage.Read(From(properties: new() { ["tenant"] = "acme" }));
        Assert.Equal(("acme", "from-atrium"), (message!.Tenant, message.EventId));
    }

    [Theory]
    [InlineData("Tenant")]
    [InlineData("tenantId")]
    [InlineData("tenant_id")]
    [InlineData("X-TENANT")]
    [InlineData(" tenant")]
    public void A_tenant_under_another_name_is_not_taken_for_none(string name)
    {
        Assert.Equal(
            $"The property 'tenant' is missing, and '{name}' is not read in its place. Publish the event again, with "
                + "its tenant in 'tenant'.",
            EventMessage.Read(From(properties: new() { [name] = "acme" })).Fault);
        Assert.Equal("acme", Read(From(properties: new() { [name] = "other", ["tenant"] = "acme" })).Tenant);
    }

    [Fact]
    public void Without_a_message_id_the_same_body_of_the_same_tenant_is_the_same_event()
    {
        var one = Read(From(id: null, properties: new() { ["tenant"] = "acme" }));
        var same = Read(From(id: null, properties: new() { ["tenant"] = "acme" }));
        var others = Read(From(id: null, properties: new() { ["tenant"] = "other" }));
        Assert.Equal(one.EventId, same.EventId);
        Assert.NotEqual(one.EventId, others.EventId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a|b")]
    [InlineData(7)]
    [InlineData(true)]
    public void What_is_no_tenant_is_refused_by_name(object tenant)
    {
        var (message, fault) = EventMessage.Read(From(properties: new() { ["tenant"] = tenant }));
        Assert.Null(message);
        Assert.Contains("'tenant'", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_version_is_refused()
    {
        var (message, fault) = EventMessage.Read(From(properties: new() { ["version"] = 2 }));
        Assert.Null(message);
        Assert.Equal(
            "The message's version is 2; this app understands version 1. Deploy the app that understands it, then "
            + "replay.", fault);
    }

    [Fact]
    public void What_the_app_puts_on_the_queue_has_the_event_id_for_duplicate_detection()
    {
        var message = Some.Event().Write(Some.Time);
        Assert.Equal(Some.EventId, message.MessageId);
        Assert.Equal("application/json", message.ContentType);
        Assert.Equal(Some.Body.ToArray(), message.Body.ToArray());
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var read = Read(Some.Received(Some.Event().Write(Some.Time)));
        Assert.Equal(Some.Event() with { Body = read.Body }, read);
    }

    [Fact]
    public void What_is_put_back_is_the_same_event_under_an_id_of_its_own()
    {
        var original = Some.Event();
        var ids = new HashSet<string> { original.EventId };
        var message = original;
        for (var times = 1; times <= 20; times++)
        {
            var sent = message.WithPutBack().Write(Some.Time.AddMinutes(times));
            message = Read(Some.Received(sent));
            Assert.Equal(original with { PutBack = times, Body = message.Body }, message);
            Assert.True(ids.Add(sent.MessageId!));
            Assert.InRange(sent.MessageId!.Length, 1, 128);
        }
    }

    [Fact]
    public void The_longest_id_of_a_producer_survives_being_put_back()
    {
        var id = new string('i', 128);
        var back = Read(From(id)).WithPutBack().Write(Some.Time);
        Assert.InRange(back.MessageId!.Length, 1, 128);
        Assert.Equal(id, Read(Some.Received(back)).EventId);
    }

    [Fact]
    public void Events_of_two_tenants_with_one_id_do_not_share_an_id_when_put_back() =>
        Assert.NotEqual(
            (Some.Event() with { Tenant = "a" }).WithPutBack().Write(Some.Time).MessageId,
            (Some.Event() with { Tenant = "b" }).WithPutBack().Write(Some.Time).MessageId);

    [Fact]
    public void What_is_put_back_keeps_what_is_left_of_its_lifetime() =>
        Assert.Equal(TimeSpan.FromDays(4), Some.Event().WithPutBack().Write(Some.Time.AddDays(10)).TimeToLive);

    static (EventMessage? Message, string? Fault) PutBackWith(string name, object value) =>
        EventMessage.Read(From(properties: new() { ["putBack"] = 1, [name] = value }));

    static EventMessage Read(ServiceBusReceivedMessage message) => EventMessage.Read(message).Message!;

    static ServiceBusReceivedMessage From(string? id = "from-atrium", Dictionary<string, object>? properties = null) =>
        ServiceBusModelFactory.ServiceBusReceivedMessage(
            body: Some.Body, messageId: id, properties: properties, enqueuedTime: Some.Time);
}
