using System.Text.Json;
using System.Xml;

namespace Atrium.Infra.Tests;

public sealed class AlertTests
{
    // Metrics that count what happened, by what they are summed up with; all others show a state.
    static readonly Dictionary<string, string> Counted = new()
    {
        ["ThrottledRequests"] = "Total",
        ["ServerErrors"] = "Total",
        ["Transactions"] = "Total",
        ["SNATConnectionCount"] = "Total",
        ["ServiceApiResult"] = "Count",
    };

    [Fact]
    public async Task Each_alert_has_its_section_in_the_runbook()
    {
        var runbook = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "docs", "runbook.md"));

        Assert.All(await AlertsAsync(), alert => Assert.Contains($"## {Name(alert)}", runbook));
        Assert.Equal(
            (await AlertsAsync()).Select(Name).Order(),
            // Sections that are not about an alert have a title of several words.
            runbook.Where(line => line.StartsWith("## ", StringComparison.Ordinal) && line.Count(c => c == ' ') == 1)
                .Select(line => line[3..]).Order());
    }

    [Fact]
    public async Task Each_alert_reaches_the_people_named() => Assert.All(
        await AlertsAsync(),
        alert => Assert.Contains(
            "/actionGroups/", alert.GetProperty("properties").GetProperty("actions").GetRawText(),
            StringComparison.Ordinal));

    [Fact]
    public async Task The_people_named_are_those_of_the_parameter()
    {
        var receivers = (await Snapshot.OfAsync("everything")).Only("Microsoft.Insights/actionGroups")
            .GetProperty("emailReceivers");

        Assert.Equal(
            "on-call@example.com", Assert.Single(receivers.EnumerateArray()).GetProperty("emailAddress").GetString());
    }

    // A gauge summed up over a window is many times what it shows.
    [Fact]
    public async Task A_gauge_is_averaged_and_what_is_counted_is_summed_up() => Assert.All(
        (await Snapshot.OfAsync("main.prod")).OfType("Microsoft.Insights/metricAlerts"),
        alert => Assert.Equal(
            Counted.GetValueOrDefault(Condition(alert).GetProperty("metricName").GetString()!, "Average"),
            Condition(alert).GetProperty("timeAggregation").GetString()));

    [Theory]
    [InlineData(
        "main.prod", "NamespaceCpuUsage, NamespaceMemoryUsage, SNATConnectionCount, ServerErrors, ServiceApiResult, "
        + "ThrottledRequests, Transactions")]
    [InlineData("main.dev", "ServerErrors, ServiceApiResult, ThrottledRequests, Transactions")]
    public async Task What_the_platform_runs_out_of_first_has_an_alert(string file, string metrics) => Assert.Equal(
        metrics,
        string.Join(
            ", ",
            (await Snapshot.OfAsync(file)).OfType("Microsoft.Insights/metricAlerts")
                .Select(alert => Condition(alert).GetProperty("metricName").GetString())
                .Except(["ActiveMessages", "DeadletteredMessages", "Size"]).Order(StringComparer.Ordinal)));

    [Fact]
    public async Task A_subscription_that_keeps_failing_is_one_alert()
    {
        var alert = (await AlertsAsync()).Single(alert => Name(alert) == "subscription-failing");

        Assert.True(alert.GetProperty("properties").GetProperty("autoMitigate").GetBoolean());
        Assert.Equal(["Tenant", "SubscriptionId"], Dimensions(alert));
    }

    // What becomes a day old while the alert is muted is still in the log that the next one reads.
    [Fact]
    public async Task What_is_parked_for_a_day_is_told_by_subscription_and_missed_by_no_mute()
    {
        var alert = (await AlertsAsync()).Single(alert => Name(alert) == "parked-for-long");
        var properties = alert.GetProperty("properties");

        Assert.EndsWith(
            "| where Oldest < ago(1d)", Condition(alert).GetProperty("query").GetString(), StringComparison.Ordinal);
        Assert.Equal(["Tenant", "SubscriptionId"], Dimensions(alert));
        Assert.True(
            Duration(properties, "windowSize") >= TimeSpan.FromDays(1) + Duration(properties, "muteActionsDuration"));
    }

    // One in twenty is nothing that fewer can show: a single late one would be all of them.
    [Fact]
    public async Task Lag_is_told_of_twenty_attempts_or_more() => Assert.Contains(
        "| where Attempts >= 20 and",
        Condition((await AlertsAsync()).Single(alert => Name(alert) == "lag")).GetProperty("query").GetString(),
        StringComparison.Ordinal);

    // One subscription's slow endpoint is late by itself, since it is held to a few requests at a time: nobody is to be
    // woken for it.
    [Fact]
    public async Task Lag_is_told_when_more_than_one_subscription_is_late() => Assert.EndsWith(
        " and LateSubscriptions > 1",
        Condition((await AlertsAsync()).Single(alert => Name(alert) == "lag")).GetProperty("query").GetString(),
        StringComparison.Ordinal);

    // What happened while it was muted would fall out of a shorter window before the next alert.
    [Fact]
    public async Task What_happens_while_an_alert_is_muted_is_told_by_the_next()
    {
        var muted = (await AlertsAsync())
            .Select(alert => (Name: Name(alert), Properties: alert.GetProperty("properties")))
            .Where(alert => alert.Properties.TryGetProperty("muteActionsDuration", out _))
            .ToDictionary(
                alert => alert.Name,
                alert =>
                (Window: Duration(alert.Properties, "windowSize"),
                Mute: Duration(alert.Properties, "muteActionsDuration")));

        Assert.Equal(["dead-lettered", "own-errors", "parked-for-long"], muted.Keys.Order());
        Assert.All(muted.Values, alert => Assert.True(alert.Window >= alert.Mute, $"{alert}"));
    }

    // Azure would look for tables that a new workspace has only after the app's first lines, and the first deployment
    // would fail.
    [Fact]
    public async Task A_query_can_be_deployed_before_there_is_anything_to_ask() => Assert.All(
        (await Snapshot.OfAsync("main.prod")).OfType("Microsoft.Insights/scheduledQueryRules"),
        alert => Assert.True(alert.GetProperty("properties").GetProperty("skipQueryValidation").GetBoolean()));

    static async Task<JsonElement[]> AlertsAsync()
    {
        var snapshot = await Snapshot.OfAsync("main.prod");
        return [.. snapshot.OfType("Microsoft.Insights/metricAlerts"),
            .. snapshot.OfType("Microsoft.Insights/scheduledQueryRules")];
    }

    static JsonElement Condition(JsonElement alert) =>
        alert.GetProperty("properties").GetProperty("criteria").GetProperty("allOf")[0];

    static IEnumerable<string> Dimensions(JsonElement alert) =>
        Condition(alert).GetProperty("dimensions").EnumerateArray()
            .Select(dimension => dimension.GetProperty("name").GetString()!);

    static TimeSpan Duration(JsonElement properties, string name) =>
        XmlConvert.ToTimeSpan(properties.GetProperty(name).GetString()!);

    // Behind the name stands the environment's suffix.
    static string Name(JsonElement alert)
    {
        var name = alert.GetProperty("name").GetString()!;
        return name[..name.LastIndexOf('-')];
    }
}
