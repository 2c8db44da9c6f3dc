using System.Net;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Events;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Events;

public sealed class IngestFunctionTests
{
    readonly RecordingSender _queue;
    readonly IngestFunction _function;

    public IngestFunctionTests()
    {
        _queue = Some.Sender();
        var time = new FakeTimeProvider(Some.Time);
        var patient = new PatientSender(time, Some.Outages());
        _function = new IngestFunction(new EventQueue(_queue, patient, time), Some.Metrics(), time);
    }

    [Theory]
    [InlineData("visitor.pre_registered")]
    [InlineData("visitor.checked_in")]
    [InlineData("visitor.checked_out")]
    public async Task An_event_is_accepted_when_it_is_on_the_queue(string name)
    {
        var answer = await PostAsync(SampleEvents.Of(name));
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        var sent = Assert.Single(_queue.Sent);
        Assert.Equal(sent.MessageId, answer.Json.GetProperty("id").GetString());
        Assert.Equal("default", answer.Json.GetProperty("tenant").GetString());
    }

    [Fact]
    public async Task The_body_is_passed_on_byte_for_byte()
    {
        var body = BinaryData.FromString("\r\n" + SampleEvents.CheckedIn.ToString().Replace("Acme Corp", "Acm\\u00e9 ✓\", \"new\" :\t1.50, \"x\":\"", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(body)).Status);
        Assert.Equal(body.ToArray(), _queue.Sent.Single().Body.ToArray());
    }

    [Fact]
    public async Task The_same_body_sent_twice_is_one_event()
    {
        await PostAsync(SampleEvents.CheckedIn);
        await PostAsync(SampleEvents.CheckedIn);
        await PostAsync(SampleEvents.CheckedOut);
        Assert.Equal(2, Ids().Distinct().Count());
    }

    [Fact]
    public async Task The_same_key_makes_one_event_and_another_key_another()
    {
        await PostAsync(SampleEvents.CheckedIn, key: "a");
        await PostAsync(SampleEvents.CheckedOut, key: "a");
        await PostAsync(SampleEvents.CheckedOut, key: "b");
        Assert.Equal(Ids()[0], Ids()[1]);
        Assert.NotEqual(Ids()[1], Ids()[2]);
    }

    [Fact]
    public async Task Tenants_never_collide()
    {
        await PostAsync(SampleEvents.CheckedIn, tenant: "a");
        await PostAsync(SampleEvents.CheckedIn, tenant: "b");
        await PostAsync(SampleEvents.CheckedIn, tenant: "a", key: "k");
        await PostAsync(SampleEvents.CheckedIn, tenant: "b", key: "k");
        Assert.Equal(4, Ids().Distinct().Count());
        Assert.Equal(["a", "b", "a", "b"], _queue.Sent.Select(message => message.ApplicationProperties["tenant"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("../x")]
    public async Task What_is_no_tenant_is_refused(string tenant)
    {
        var answer = await PostAsync(SampleEvents.CheckedIn, tenant: tenant);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("tenant", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public async Task A_key_has_1_to_255_characters(int length)
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(SampleEvents.CheckedIn, key: new string('k', length))).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(SampleEvents.CheckedIn, key: new string('k', 255))).Status);
    }

    [Fact]
    public async Task What_is_wrong_with_an_event_is_told_field_by_field()
    {
        var answer = await PostAsync(SampleEvents.Changed("visitor.checked_in", sample =>
        {
            sample["visitor"]!["email"] = 5;
            sample["visit"]!["checked_in_at"] = "2026-04-15T10:05:00";
        }));
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Equal(
            ["/visitor/email", "/visit/checked_in_at"],
            answer.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()));
        Assert.Empty(_queue.Sent);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("null")]
    public async Task What_is_no_json_is_refused(string body)
    {
        var answer = await PostAsync(BinaryData.FromString(body));
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.NotEmpty(answer.Json.GetProperty("errors")[0].GetProperty("detail").GetString()!);
        Assert.Empty(_queue.Sent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_oversized_event_is_refused_whether_its_length_is_told_or_not(bool tellsLength)
    {
        var body = BinaryData.FromBytes(new byte[EventReader.MaxBytes + 1]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PostAsync(body, tellsLength: tellsLength)).Status);
        Assert.Empty(_queue.Sent);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/xml")]
    [InlineData("application/jsonp")]
    [InlineData("application/json-patch+json")]
    public async Task Another_media_type_is_refused(string type) =>
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await PostAsync(SampleEvents.CheckedIn, contentType: type)).Status);

    [Theory]
    [InlineData(null)]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON")]
    public async Task Json_is_taken_however_it_is_written(string? type) =>
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(SampleEvents.CheckedIn, contentType: type)).Status);

    [Fact]
    public async Task An_event_that_service_bus_does_not_take_is_not_accepted()
    {
        _queue.FailWith(new ServiceBusException("Busy", ServiceBusFailureReason.ServiceBusy));
        await Assert.ThrowsAsync<ServiceBusException>(() => PostAsync(SampleEvents.CheckedIn));
    }

    Task<HttpAnswer> PostAsync(
        BinaryData body, string? tenant = null, string? key = null, string? contentType = "application/json", bool tellsLength = true)
    {
        var request = HttpCall.Of("POST", "/api/events", body, contentType, tellsLength);
        if (tenant is not null)
        {
            request.QueryString = Microsoft.AspNetCore.Http.QueryString.Create("tenant", tenant);
        }

        if (key is not null)
        {
            request.Headers["Idempotency-Key"] = key;
        }

        return HttpCall.AnswerAsync(request, _function.RunAsync(request, default));
    }

    List<string?> Ids() => [.. _queue.Sent.Select(message => message.MessageId)];
}
