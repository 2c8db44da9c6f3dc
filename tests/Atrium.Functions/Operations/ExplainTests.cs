using System.Net;
using System.Text.Json;
using Atrium.Functions.Egress;
using Atrium.Functions.Operations;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Tests.Operations;

public sealed class ExplainTests
{
    readonly FakeTables _tables = new();
    readonly EgressOptions _egress = new();

    [Theory]
    [InlineData("*", "Sent", "all events")]
    [InlineData("visitor.checked_in", "Sent", "by name")]
    [InlineData("visitor.checked_out", "NotTaken", "visitor.checked_out only")]
    public async Task A_subscription_gets_what_it_takes(string events, string routing, string why)
    {
        await AddAsync(Some.Subscription(events: events));

        var one = await OnlyAsync();

        Assert.Equal(
            (Some.SubscriptionId, routing),
            (one.GetProperty("subscriptionId").GetString(), one.GetProperty("routing").GetString()));
        Assert.Contains(why, one.GetProperty("why").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, one.GetProperty("rule").ValueKind);
    }

    [Fact]
    public async Task A_paused_one_would_get_it_when_it_is_resumed()
    {
        await AddAsync(Some.Subscription() with { PausedAt = Some.Time });

        var one = await OnlyAsync();

        Assert.Equal("Parked", one.GetProperty("routing").GetString());
        Assert.Contains(
            "paused since 2026-04-15T09:30:00Z", one.GetProperty("why").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Being_paused_is_no_reason_where_the_event_is_not_taken()
    {
        await AddAsync(Some.Subscription(events: "visitor.checked_out") with { PausedAt = Some.Time });

        Assert.Equal("NotTaken", (await OnlyAsync()).GetProperty("routing").GetString());
    }

    [Theory]
    [InlineData("https://10.0.0.4/hook", "10.0.0.0/8 (private)")]
    [InlineData("http://example.com/hook", "url-form")]
    public async Task A_url_that_todays_rules_refuse_is_told_with_the_rule(string url, string rule)
    {
        await AddAsync(Some.Subscription() with { Url = url });

        var one = await OnlyAsync();

        Assert.Equal(("Blocked", rule), (one.GetProperty("routing").GetString(), one.GetProperty("rule").GetString()));
        Assert.Contains("not any more", one.GetProperty("why").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_paused_one_with_a_refused_url_is_told_both()
    {
        await AddAsync(Some.Subscription() with { Url = "https://10.0.0.4/hook", PausedAt = Some.Time });

        var one = await OnlyAsync();

        Assert.Equal(
            ("Parked", "10.0.0.0/8 (private)"),
            (one.GetProperty("routing").GetString(), one.GetProperty("rule").GetString()));
    }

    [Fact]
    public async Task The_rules_are_those_in_force()
    {
        await AddAsync(Some.Subscription() with { Url = "http://localhost:9000/" });
        Assert.Equal("Blocked", (await OnlyAsync()).GetProperty("routing").GetString());

        _egress.AllowLoopback = true;
        Assert.Equal("Sent", (await OnlyAsync()).GetProperty("routing").GetString());
    }

    [Fact]
    public async Task All_of_the_tenants_are_told_and_summed_up()
    {
        await AddAsync(Some.Subscription("sub_00000000000000000001"));
        await AddAsync(Some.Subscription("sub_00000000000000000002", "visitor.checked_out"));
        await AddAsync(Some.Subscription("sub_00000000000000000003") with { Tenant = "other" });

        var json = (await AskAsync()).Json;

        Assert.Equal(2, json.GetProperty("subscriptions").GetArrayLength());
        Assert.Equal(
            "Of 2 subscriptions, visitor.checked_in would be sent to 1, parked for 0, blocked for 0, and not be taken "
                + "by 1.", json.GetProperty("summary").GetString());
    }

    [Fact]
    public async Task A_tenant_without_subscriptions_is_told_that_the_event_goes_nowhere()
    {
        var json = (await AskAsync()).Json;

        Assert.Empty(json.GetProperty("subscriptions").EnumerateArray());
        Assert.Contains("go nowhere", json.GetProperty("summary").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?tenant=acme")]
    [InlineData("?tenant=acme&event=")]
    [InlineData("?tenant=acme&event=*")]
    [InlineData("?tenant=acme&event=visitor.left")]
    public async Task An_event_that_there_is_not_is_answered_with_those_that_there_are(string query)
    {
        var answer = await AskAsync(query);

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Contains(
            "visitor.pre_registered, visitor.checked_in, visitor.checked_out", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?event=visitor.checked_in&tenant=", "tenant")]
    [InlineData("?event=visitor.checked_in&tenant=a/b", "tenant")]
    [InlineData("?event=visitor.checked_in&tenant=..", "tenant")]
    [InlineData("?event=visitor.checked_in", "tenant")]
    [InlineData("?event=*&tenant=a/b", "tenant", "event")]
    public async Task What_is_wrong_with_a_query_is_named(string query, params string[] parameters)
    {
        var answer = await AskAsync(query);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(parameters, answer.Pointers);
    }

    Task AddAsync(Subscription subscription) => Some.Store(_tables).AddAsync(subscription, default);

    async Task<JsonElement> OnlyAsync() =>
        (await AskAsync()).Json.GetProperty("subscriptions").EnumerateArray().Single();

    Task<HttpAnswer> AskAsync(string query = "?tenant=acme&event=visitor.checked_in")
    {
        var request = HttpCall.Of("GET", "/api/explain" + query);
        return HttpCall.AnswerAsync(
            request,
            new ExplainFunction(Some.Store(_tables), Options.Create(_egress)).RunAsync(request, default));
    }
}
