using System.Net;
using Atrium.Functions.Events;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Events;

public sealed class IngestFunctionTests : IDisposable
{
    readonly IngestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("visitor.pre_registered")]
    [InlineData("visitor.checked_in")]
    [InlineData("visitor.checked_out")]
    public async Task An_event_is_accepted_when_it_is_on_the_queue(string name)
    {
        var answer = await _api.PostAsync(SampleEvents.Of(name));
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        var sent = Assert.Single(_api.Queue.Sent);
        Assert.Equal(sent.MessageId, answer.Json.GetProperty("id").GetString());
        Assert.Equal("acme", answer.Json.GetProperty("tenant").GetString());
    }

    [Fact]
    public async Task The_body_is_passed_on_byte_for_byte()
    {
        var body = BinaryData.FromString(
            "\r\n" + SampleEvents.CheckedIn.ToString()
            .Replace("Acme Corp", "Acm\\u00e9 ✓\", \"new\" :\t1.50, \"x\":\"", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Accepted, (await _api.PostAsync(body)).Status);
        Assert.Equal(body.ToArray(), _api.Queue.Sent.Single().Body.ToArray());
    }

    [Fact]
    public async Task The_same_body_sent_twice_is_one_event()
    {
        await _api.PostAsync(SampleEvents.CheckedIn);
        await _api.PostAsync(SampleEvents.CheckedIn);
        await _api.PostAsync(SampleEvents.CheckedOut);
        Assert.Equal(2, _api.Ids().Distinct().Count());
    }

    [Fact]
    public async Task Tenants_never_collide()
    {
        await _api.PostAsync(SampleEvents.CheckedIn, tenant: "a");
        await _api.PostAsync(SampleEvents.CheckedIn, tenant: "b");
        await _api.PostAsync(SampleEvents.CheckedIn, tenant: "a", key: "k");
        await _api.PostAsync(SampleEvents.CheckedIn, tenant: "b", key: "k");
        Assert.Equal(4, _api.Ids().Distinct().Count());
        Assert.Equal(["a", "b", "a", "b"], _api.Queue.Sent.Select(message => message.ApplicationProperties["tenant"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("../x")]
    [InlineData("..")]
    [InlineData(null)]
    public async Task What_is_no_tenant_is_refused_and_none_is_taken_for_granted(string? tenant)
    {
        var answer = await _api.PostAsync(SampleEvents.CheckedIn, tenant: tenant);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(["tenant"], answer.Pointers);
        Assert.Empty(_api.Queue.Sent);
    }

    [Fact]
    public async Task What_is_wrong_with_an_event_is_told_field_by_field()
    {
        var answer = await _api.PostAsync(SampleEvents.Changed("visitor.checked_in", sample =>
        {
            sample["visitor"]!["email"] = 5;
            sample["visit"]!["checked_in_at"] = "2026-04-15T10:05:00";
        }));
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Equal(
            ["/visitor/email", "/visit/checked_in_at"],
            answer.Json.GetProperty("errors").EnumerateArray()
                .Select(error => error.GetProperty("pointer").GetString()));
        Assert.Empty(_api.Queue.Sent);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("null")]
    public async Task What_is_no_json_is_refused(string body)
    {
        var answer = await _api.PostAsync(BinaryData.FromString(body));
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.NotEmpty(answer.Json.GetProperty("errors")[0].GetProperty("detail").GetString()!);
        Assert.Empty(_api.Queue.Sent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_oversized_event_is_refused_whether_its_length_is_told_or_not(bool tellsLength)
    {
        var body = BinaryData.FromBytes(new byte[EventReader.MaxBytes + 1]);
        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge, (await _api.PostAsync(body, tellsLength: tellsLength)).Status);
        Assert.Empty(_api.Queue.Sent);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/xml")]
    [InlineData("application/jsonp")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task Another_media_type_or_none_is_refused(string? type) =>
        Assert.Equal(
            HttpStatusCode.UnsupportedMediaType,
            (await _api.PostAsync(SampleEvents.CheckedIn, contentType: type)).Status);

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON")]
    [InlineData("application/cloudevents+json")]
    public async Task Json_is_taken_however_it_is_written(string type) =>
        Assert.Equal(HttpStatusCode.Accepted, (await _api.PostAsync(SampleEvents.CheckedIn, contentType: type)).Status);

    [Fact]
    public async Task An_event_that_service_bus_does_not_take_is_not_accepted()
    {
        _api.Queue.FailWith(new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy));
        await Assert.ThrowsAsync<ServiceBusException>(() => _api.PostAsync(SampleEvents.CheckedIn));
    }
}
