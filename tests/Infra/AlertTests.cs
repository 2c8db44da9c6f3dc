using System.Text.Json;

namespace Atrium.Infra.Tests;

public sealed class AlertTests
{
    [Fact]
    public async Task Each_alert_has_its_section_in_the_runbook()
    {
        var runbook = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "docs", "runbook.md"));

        Assert.All(await AlertsAsync(), alert => Assert.Contains($"## {Name(alert)}", runbook));
        Assert.Equal(
            (await AlertsAsync()).Select(Name).Order(),
            runbook.Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..]).Where(title => !title.Contains(' ', StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task Each_alert_reaches_the_people_named() => Assert.All(
        await AlertsAsync(), alert => Assert.Contains("/actionGroups/", alert.GetProperty("properties").GetProperty("actions").GetRawText(), StringComparison.Ordinal));

    [Fact]
    public async Task The_people_named_are_those_of_the_parameter() => Assert.Equal(
        "on-call@example.com",
        Assert.Single((await Snapshot.OfAsync("everything")).Only("Microsoft.Insights/actionGroups").GetProperty("emailReceivers").EnumerateArray()).GetProperty("emailAddress").GetString());

    // A gauge summed up over a window is many times what it shows.
    [Fact]
    public async Task A_gauge_is_averaged() => Assert.All(
        (await Snapshot.OfAsync("main.prod")).OfType("Microsoft.Insights/metricAlerts"),
        alert => Assert.Equal("Average", alert.GetProperty("properties").GetProperty("criteria").GetProperty("allOf")[0].GetProperty("timeAggregation").GetString()));

    [Fact]
    public async Task A_subscription_that_keeps_failing_is_one_alert()
    {
        var alert = (await AlertsAsync()).Single(alert => Name(alert) == "subscription-failing").GetProperty("properties");

        Assert.True(alert.GetProperty("autoMitigate").GetBoolean());
        Assert.Equal(
            ["Tenant", "SubscriptionId", "Fault"],
            alert.GetProperty("criteria").GetProperty("allOf")[0].GetProperty("dimensions").EnumerateArray().Select(dimension => dimension.GetProperty("name").GetString()!));
    }

    static async Task<JsonElement[]> AlertsAsync()
    {
        var snapshot = await Snapshot.OfAsync("main.prod");
        return [.. snapshot.OfType("Microsoft.Insights/metricAlerts"), .. snapshot.OfType("Microsoft.Insights/scheduledQueryRules")];
    }

    // Behind the name stands the environment's suffix.
    static string Name(JsonElement alert)
    {
        var name = alert.GetProperty("name").GetString()!;
        return name[..name.LastIndexOf('-')];
    }
}
