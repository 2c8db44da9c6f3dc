using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;

namespace Atrium.Infra.Tests;

public sealed partial class AlertTests
{
    // Metrics that count what happened, by what they are summed up with; all others show a state.
    static readonly Dictionary<string, string> Counted = new()
    {
        ["ThrottledRequests"] = "Total",
        ["ServerErrors"] = "Total",
        ["UserErrors"] = "Total",
        ["Transactions"] = "Total",
        ["SNATConnectionCount"] = "Total",
        ["ServiceApiResult"] = "Count",
    };

    // Of these there are as many as the code has. Of all other dimensions, customers make as many as they like.
    static readonly string[] Few = ["Queue", "Reason", "What"];

    // Where a query that lists what customers make ends.
    const string Bound = ");\nlet many = toscalar(rows | count) > 10;\nrows\n"
        + "| extend Tenant = iff(many, \"many\", Tenant), "
        + "SubscriptionId = iff(many, \"see the workbook\", SubscriptionId)";

    // Azure makes its rule by itself, with each Application Insights.
    const string Azures = "failure-anomalies";

    [Fact]
    public async Task Each_alert_has_its_section_in_the_runbook()
    {
        var runbook = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "docs", "runbook.md"));

        // Either stage has some that the other has not.
        var names = (await AlertsAsync()).Concat(await AlertsAsync("main.dev")).Select(Name).Distinct().Order()
            .ToList();
        Assert.All(names, name => Assert.Contains($"## {name}", runbook));
        Assert.Equal(
            names.Append(Azures).Order(),
            // Sections that are not about an alert have a title of several words.
            runbook.Where(line => line.StartsWith("## ", StringComparison.Ordinal) && line.Count(c => c == ' ') == 1)
                .Select(line => line[3..]).Order());
    }

    [Fact]
    public async Task Who_gets_an_alert_that_Azure_made_learns_what_it_counts_and_how_to_switch_it_off()
    {
        var section = (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "runbook.md")))
            .Split($"\n## {Azures}\n")[1].Split("\n## ")[0];
        var insights = Assert.Single((await Snapshot.OfAsync("main.prod")).OfType("Microsoft.Insights/components"))
            .GetProperty("name").GetString()!;

        Assert.Contains($"\"Failure Anomalies - {insights[..^13]}…\"", section, StringComparison.Ordinal);
        Assert.Contains("4xx", section, StringComparison.Ordinal);
        Assert.Contains("Monitoring Reader", section, StringComparison.Ordinal);
        Assert.Contains("--set properties.state=Disabled", section, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_on_cost_says_how_many_rules_cost_something_without_any_delivery()
    {
        var snapshot = await Snapshot.OfAsync("main.prod");
        var asking = snapshot.OfType("Microsoft.Insights/scheduledQueryRules").ToList();
        var page = Regex.Replace(
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "operations-cost.md")),
            "\\s+", " ");

        Assert.All(asking, rule => Assert.Equal(
            "PT5M", rule.GetProperty("properties").GetProperty("evaluationFrequency").GetString()));
        Assert.Contains(
            $"in production {asking.Count} alert rules that ask the log every five minutes, and "
                + $"{snapshot.OfType("Microsoft.Insights/metricAlerts").Count()} on metrics",
            page, StringComparison.Ordinal);
        Assert.Contains("the runs of the timers, above all of `KeepUp`", page, StringComparison.Ordinal);
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
        await OfMetricsAsync("main.prod"),
        alert => Assert.Equal(
            Counted.GetValueOrDefault(Condition(alert).GetProperty("metricName").GetString()!, "Average"),
            Condition(alert).GetProperty("timeAggregation").GetString()));

    [Theory]
    [InlineData(
        "main.prod", "NamespaceCpuUsage, NamespaceMemoryUsage, SNATConnectionCount, ServerErrors, ServiceApiResult, "
        + "ThrottledRequests, Transactions, UserErrors")]
    [InlineData("main.dev", "ServerErrors, ServiceApiResult, ThrottledRequests, Transactions, UserErrors")]
    public async Task What_the_platform_runs_out_of_first_has_an_alert(string file, string metrics) => Assert.Equal(
        metrics,
        string.Join(
            ", ",
            (await OfMetricsAsync(file))
                .Select(alert => Condition(alert).GetProperty("metricName").GetString())
                .Except(["ActiveMessages", "DeadletteredMessages", "Size"]).Order(StringComparer.Ordinal)));

    // Burn rates of Google's Site Reliability Workbook, chapter 5: 14.4 times the budget's own pace over an hour, six
    // times over six hours, and the same over a twelfth of that.
    [Theory]
    [InlineData("slo-fast-burn", "99.9 %", 0.001, "PT1H", "5m", 14.4)]
    [InlineData("slo-slow-burn", "99.9 %", 0.001, "PT6H", "30m", 6)]
    [InlineData("ingest-fast-burn", "99.95 %", 0.0005, "PT1H", "5m", 14.4)]
    [InlineData("ingest-slow-burn", "99.95 %", 0.0005, "PT6H", "30m", 6)]
    public async Task A_budget_is_watched_over_a_long_and_a_short_window(
        string name, string level, double budget, string window, string lately, double pace)
    {
        var alert = (await AlertsAsync()).Single(alert => Name(alert) == name);
        var query = Condition(alert).GetProperty("query").GetString()!;
        var share = Math.Round(pace * budget, 5).ToString(CultureInfo.InvariantCulture);
        var page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "slo.md"));

        Assert.EndsWith($" and Share > {share} and ShareLately > {share}", query, StringComparison.Ordinal);
        Assert.Equal([lately], Ago().Matches(query).Select(match => match.Groups[1].Value).Distinct());
        Assert.Equal(window, alert.GetProperty("properties").GetProperty("windowSize").GetString());
        Assert.Contains($"| {level} |", page, StringComparison.Ordinal);
        var percent = (100 * pace * budget).ToString("0.##", CultureInfo.InvariantCulture);
        Assert.Single(page.Split('\n'), line => line.StartsWith($"| `{name}` |", StringComparison.Ordinal)
            && line.Contains($"| {percent} % |", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whether_the_app_can_be_reached_is_asked_from_outside()
    {
        var snapshot = await Snapshot.OfAsync("main.prod");
        var test = snapshot.Only("Microsoft.Insights/webtests");
        var alert = (await AlertsAsync()).Single(alert => Name(alert) == "unreachable").GetProperty("properties");

        Assert.Contains("/api/live", test.GetProperty("Request").GetProperty("RequestUrl").GetString()!,
            StringComparison.Ordinal);
        // Two places may be mistaken.
        Assert.Equal(
            test.GetProperty("Locations").GetArrayLength() - 2,
            alert.GetProperty("criteria").GetProperty("failedLocationCount").GetInt32());
        Assert.Equal(
            Assert.Single(snapshot.OfType("Microsoft.Insights/webtests")).GetProperty("id").GetString(),
            alert.GetProperty("criteria").GetProperty("webTestId").GetString());
    }

    [Fact]
    public async Task Azures_own_faults_are_told_of_the_group_and_of_the_subscription()
    {
        var scopes = (await Snapshot.OfAsync("main.prod")).OfType("Microsoft.Insights/activityLogAlerts").ToDictionary(
            alert => alert.GetProperty("properties").GetProperty("condition").GetProperty("allOf")[0]
                .GetProperty("equals").GetString()!,
            alert => alert.GetProperty("properties").GetProperty("scopes")[0].GetString()!.Split('/').Length);

        // "/subscriptions/…" and "/subscriptions/…/resourceGroups/…".
        Assert.Equal(3, scopes["ServiceHealth"]);
        Assert.Equal(5, scopes["ResourceHealth"]);
    }

    // Lines of HTTP and of queues go on while timers stand still.
    [Fact]
    public async Task Timers_that_stop_are_told_whatever_else_is_logged()
    {
        var alert = (await AlertsAsync()).Single(alert => Name(alert) == "not-measured");
        Assert.Equal(1, alert.GetProperty("properties").GetProperty("severity").GetInt32());
        Assert.Contains(
            "| where TimeGenerated > ago(15m) and Message startswith \"Queue measured\"",
            Condition(alert).GetProperty("query").GetString(), StringComparison.Ordinal);
    }

    // Otherwise a limit that is reached wakes people for timers and an app that go on. Lines come back some minutes
    // after the log takes them again, and the lines of nights before never do.
    [Fact]
    public async Task No_line_is_missed_within_a_window_in_which_the_log_reached_its_limit()
    {
        var limit = await File.ReadAllTextAsync(Path.Combine(Bicep.Folder, "queries", "log-capped.kql"));
        var missing = (await Snapshot.OfAsync("main.dev")).OfType("Microsoft.Insights/scheduledQueryRules")
            .Where(alert => MissesLines().IsMatch(Condition(alert).GetProperty("query").GetString()!))
            .ToDictionary(Name);

        Assert.Equal(["no-backup", "no-telemetry", "not-measured"], missing.Keys.Order());
        Assert.All(missing.Values, alert =>
        {
            var query = Condition(alert).GetProperty("query").GetString()!;
            Assert.StartsWith($"let capped = toscalar({limit}| count);\n", query, StringComparison.Ordinal);
            Assert.EndsWith(" and capped == 0", query, StringComparison.Ordinal);
            Assert.True(Duration(alert.GetProperty("properties"), "windowSize") >= TimeSpan.FromDays(1));
        });
    }

    // A night's backup that an outage ended is one warning, too little for the alerts on failures.
    [Fact]
    public async Task Two_nights_without_a_backup_are_told_but_not_in_the_first_night()
    {
        var alert = (await AlertsAsync()).Single(alert => Name(alert) == "no-backup");
        Assert.Equal("P2D", alert.GetProperty("properties").GetProperty("windowSize").GetString());
        var query = Condition(alert).GetProperty("query").GetString()!;
        Assert.Contains("Message startswith \"Backup of the subscriptions written\"", query, StringComparison.Ordinal);
        Assert.Contains("| where Backups == 0 and Since < ago(25h)", query, StringComparison.Ordinal);
    }

    // Without a limit there is nothing to tell, and with one the alerts on the log are silent once it is reached.
    [Theory]
    [InlineData("main.dev", 1)]
    [InlineData("main.prod", -1)]
    [InlineData("everything", 50)]
    public async Task A_log_that_has_a_limit_of_the_day_has_an_alert_on_it(string file, int gigabytes)
    {
        Assert.Equal(
            gigabytes,
            (await Snapshot.OfAsync(file)).Only("Microsoft.OperationalInsights/workspaces")
                .GetProperty("workspaceCapping").GetProperty("dailyQuotaGb").GetInt32());
        Assert.Equal(gigabytes > 0, (await AlertsAsync(file)).Any(alert => Name(alert) == "log-capped"));
    }

    [Fact]
    public async Task A_budget_tells_people_and_is_there_only_when_it_is_asked_for()
    {
        const string type = "Microsoft.Consumption/budgets";
        Assert.Empty((await Snapshot.OfAsync("main.prod")).OfType(type));

        var budget = (await Snapshot.OfAsync("everything")).Only(type);
        Assert.Equal(1000, budget.GetProperty("amount").GetInt32());
        Assert.Equal("2026-12-01T00:00:00Z", budget.GetProperty("timePeriod").GetProperty("startDate").GetString());
        Assert.All(
            budget.GetProperty("notifications").EnumerateObject(),
            notification => Assert.Single(notification.Value.GetProperty("contactGroups").EnumerateArray()));
    }

    [Fact]
    public async Task A_subscription_that_keeps_failing_is_one_alert()
    {
        var alert = (await AlertsAsync()).Single(alert => Name(alert) == "subscription-failing");

        Assert.True(alert.GetProperty("properties").GetProperty("autoMitigate").GetBoolean());
        Assert.Equal(["Tenant", "SubscriptionId"], Dimensions(alert));
    }

    // Azure sends an address 100 e-mails an hour. When one receiver of many subscriptions is down, some have to be left
    // for what is urgent.
    [Fact]
    public async Task More_than_ten_of_what_customers_make_are_one_alert()
    {
        var bounded = (await AlertsAsync("everything"))
            .Where(alert => alert.GetProperty("type").GetString() == "Microsoft.Insights/scheduledQueryRules"
                && Dimensions(alert).Except(Few).Any())
            .ToDictionary(Name);

        Assert.Equal(["parked-for-long", "subscription-failing"], bounded.Keys.Order());
        Assert.All(bounded.Values, alert =>
        {
            var condition = Condition(alert);
            var query = condition.GetProperty("query").GetString()!;
            Assert.Contains("let rows = materialize(", query, StringComparison.Ordinal);
            Assert.EndsWith(Bound, query, StringComparison.Ordinal);
            Assert.All(
                Dimensions(alert).Except(Few),
                name => Assert.Contains($" {name} = iff(many, ", Bound, StringComparison.Ordinal));
            // Rows are counted, by dimension: those of one alert are more than none, too.
            Assert.Equal(
                ("Count", "GreaterThan", 0),
                (condition.GetProperty("timeAggregation").GetString(), condition.GetProperty("operator").GetString(),
                condition.GetProperty("threshold").GetInt32()));
        });
        Assert.All(bounded.Keys, name =>
        {
            Assert.Matches("(?i)more than ten", Section(name));
            Assert.Contains("`many`", Section(name), StringComparison.Ordinal);
        });
    }

    // The alerts are made before the package is deployed.
    [Fact]
    public async Task Which_alerts_a_first_deployment_can_raise_is_said_where_people_look()
    {
        // One that is guarded asks since when there are lines.
        var silent = (await AlertsAsync("everything"))
            .Where(alert => alert.GetProperty("type").GetString() == "Microsoft.Insights/scheduledQueryRules")
            .Where(alert => MissesLines().Match(Condition(alert).GetProperty("query").GetString()!)
                is { Success: true } condition && !condition.Value.Contains("Since <", StringComparison.Ordinal))
            .Select(Name).Append("unreachable").Order().ToList();
        var first = (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md")))
            .Split("\n## ")[1];

        Assert.Equal(["no-telemetry", "not-measured", "unreachable"], silent);
        Assert.All(silent, name =>
        {
            Assert.Contains($"[{name}](runbook.md#{name})", first, StringComparison.Ordinal);
            Assert.Contains("first deployment", Section(name), StringComparison.Ordinal);
        });
    }

    // Azure switches off a rule whose query has failed for a week. A deployment switches it on.
    [Fact]
    public void Who_is_told_of_the_health_of_an_alert_rule_learns_to_deploy_it_again() => Assert.Matches(
        "alert rule[^.]*(, |\\. )[^.]*run its query[^.]*[.,] .*deploy the template again",
        Section("resource-health"));

    // Azure's page says that it does not support them.
    [Fact]
    public async Task The_rules_with_a_union_are_among_what_has_not_been_tried()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md"));
        var point = page.Split("\n## What has not been tried\n")[1].Split("\n- ")
            .Single(text => text.Contains("`union`", StringComparison.Ordinal));

        Assert.Equal(
            (await Snapshot.OfAsync("everything")).OfType("Microsoft.Insights/scheduledQueryRules")
                .Where(alert => Condition(alert).GetProperty("query").GetString()!
                    .Contains("\nunion ", StringComparison.Ordinal))
                .Select(Name).Order(),
            Quoted().Matches(point).Select(match => match.Groups[1].Value).Except(["union"]).Order());
    }

    // Azure makes a component with one of 100 GB, and the lower of the two counts:
    // https://learn.microsoft.com/azure/azure-monitor/logs/daily-cap#application-insights
    [Theory]
    [InlineData("main.dev")]
    [InlineData("main.prod")]
    [InlineData("everything")]
    public async Task Application_Insights_takes_as_much_in_a_day_as_Azure_lets_it_where_the_stage_has_no_limit(
        string file)
    {
        var snapshot = await Snapshot.OfAsync(file);
        var ofStage = snapshot.Only("Microsoft.OperationalInsights/workspaces").GetProperty("workspaceCapping")
            .GetProperty("dailyQuotaGb").GetInt32();
        // As Bicep's types write it.
        var caps = snapshot.OfType("microsoft.insights/components/pricingPlans")
            .Select(plan => plan.GetProperty("properties").GetProperty("cap").GetInt32());

        Assert.Equal(ofStage < 0 ? [1000] : [], caps);
    }

    [Fact]
    public async Task Who_has_no_telemetry_is_told_of_both_limits_of_the_day()
    {
        Assert.All(["no-telemetry", "log-capped"], name =>
        {
            Assert.Contains("logDailyGb", Section(name), StringComparison.Ordinal);
            Assert.Contains("1,000 GB", Section(name), StringComparison.Ordinal);
        });
        Assert.Contains(
            "az monitor app-insights component quotastatus show", Section("no-telemetry"), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "no such limit",
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md")),
            StringComparison.Ordinal);
    }

    // What becomes a day old while the alert is muted is still in the log that the next one reads.
    [Fact]
    public async Task What_is_parked_for_a_day_is_told_by_subscription_and_missed_by_no_mute()
    {
        var alert = (await AlertsAsync()).Single(alert => Name(alert) == "parked-for-long");
        var properties = alert.GetProperty("properties");

        Assert.EndsWith(
            "| where Oldest < ago(1d)" + Bound, Condition(alert).GetProperty("query").GetString(),
            StringComparison.Ordinal);
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

    static async Task<JsonElement[]> AlertsAsync(string file = "main.prod")
    {
        var snapshot = await Snapshot.OfAsync(file);
        return [.. snapshot.OfType("Microsoft.Insights/metricAlerts"),
            .. snapshot.OfType("Microsoft.Insights/scheduledQueryRules"),
            .. snapshot.OfType("Microsoft.Insights/activityLogAlerts")];
    }

    // All metric alerts but that of the web test, which is about places.
    static async Task<IEnumerable<JsonElement>> OfMetricsAsync(string file) =>
        (await Snapshot.OfAsync(file)).OfType("Microsoft.Insights/metricAlerts")
            .Where(alert => Name(alert) != "unreachable");

    static JsonElement Condition(JsonElement alert) =>
        alert.GetProperty("properties").GetProperty("criteria").GetProperty("allOf")[0];

    // Of the runbook, with one space between words.
    static string Section(string name) => string.Join(
        ' ',
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "runbook.md")).Split("\n## ")
            .Single(section => section.StartsWith($"{name}\n", StringComparison.Ordinal))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

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

    [GeneratedRegex("`([a-z-]+)`")]
    private static partial Regex Quoted();

    // The condition comes last.
    [GeneratedRegex("\\| where \\w+ == 0[^|]*\\z")]
    private static partial Regex MissesLines();

    [GeneratedRegex("ago\\((\\w+)\\)")]
    private static partial Regex Ago();
}
