using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Atrium.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Infra.Tests;

/// <summary>docs/scale.md is computed from what docs/operations-cost.md says, which tests count.</summary>
public sealed partial class ScaleTests
{
    const double SecondsOfMonth = 30 * 24 * 3600;
    const double Peak = 10;

    // Of the deliveries, in the order of the rows of the other page: at once, at the second attempt, never.
    static readonly (double Share, string Row)[] Mix =
    [
        (0.97, "succeeds at the first attempt"), (0.029, "succeeds at the second attempt"),
        (0.001, "fails ten times, is dead-lettered"),
    ];

    static readonly double[] Months = [1e6, 1e8, 1e9, 1e10];

    // Columns of the other page.
    const int Operations = 0;
    const int Rows = 3;
    const int Executions = 5;
    const int Requests = 6;

    [Fact]
    public void The_table_is_what_the_counted_figures_come_to()
    {
        var cost = Page("operations-cost.md");
        double Each(int column) => Mix.Sum(some => some.Share * double.Parse(
            cost[some.Row][column], CultureInfo.InvariantCulture));
        // Two messages for the first attempt, one for each further: sent and received.
        var credits = 4 + 2 * (Each(Requests) - 1);
        // A line for each attempt: a short one when it succeeds, and a wide one when it fails.
        var lines = (Mix[0].Share + Mix[1].Share) * Bytes(ShortLine())
            + (Each(Requests) - Mix[0].Share - Mix[1].Share) * Bytes(WideLine());
        var expected = new Dictionary<string, Func<double, double>>
        {
            ["deliveries a second, on average"] = month => month / SecondsOfMonth,
            ["the same at a peak of ten times that"] = month => Peak * month / SecondsOfMonth,
            ["Service Bus operations a month"] = month => month * Each(Operations),
            ["credits a second at the peak"] = month => Peak * month / SecondsOfMonth * credits,
            ["executions a month"] = month => month * Each(Executions),
            ["rows of attempts, kept for 30 days"] = month => month * Each(Rows),
            ["dead letters after 90 days, if none is replayed"] = month => 3 * month * Mix[2].Share,
            ["GB of log lines a month"] = month => month * lines / 1e9,
            ["instances at the peak"] = month => Math.Ceiling(Peak * month / SecondsOfMonth / 100),
            ["cells"] = month => Math.Ceiling(month / 1e9),
        };

        var table = Page("scale.md");
        Assert.Equal(["1 M", "100 M", "1 G", "10 G"], table["deliveries a month"]);
        Assert.Equal(expected.Keys.Append("deliveries a month").Order(), table.Keys.Order());
        Assert.All(expected, row => Assert.Equal(Months.Select(month => Short(row.Value(month))), table[row.Key]));
    }

    // What operations-cost.md has measured.
    static double Bytes(Regex line) => double.Parse(
        line.Match(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "operations-cost.md")))
            .Groups[1].Value,
        NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    // https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas: connections of a namespace, and
    // receives at a time of a queue.
    const int MostConnections = 5_000;
    const int MostReceives = 5_000;

    // https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#regional-subscription-memory-quotas
    const int QuotaMegabytes = 512_000;

    // Host and worker each have a connection. Each call that an instance can take has a receive open.
    [Fact]
    public async Task A_stage_may_have_as_many_instances_as_a_namespace_has_connections_and_receives_for()
    {
        using var template = JsonDocument.Parse(await Template.TextAsync());
        var most = template.RootElement.GetProperty("definitions").EnumerateObject()
            .Select(type => type.Value.GetProperty("properties"))
            .Single(properties => properties.TryGetProperty("maximumInstances", out _))
            .GetProperty("maximumInstances").GetProperty("maxValue").GetInt32();

        Assert.Equal(MostConnections / (2 * Groups()), most);

        most = MostReceives / Calls();
        Assert.Contains($"{most} × {Calls()} = {most * Calls():N0}", Text("deploy.md"), StringComparison.Ordinal);
        Assert.Null(await TryAsync($"maximumInstances: {2 * most}\n  maxConcurrentCalls: {Calls() / 2}"));
        Assert.Contains(
            $"has to be {MostReceives:N0} at most", (await TryAsync($"maximumInstances: {most + 1}"))?.Message,
            StringComparison.Ordinal);
    }

    // The host does not start in another zone without its storage.
    [Theory]
    [InlineData("Standard_LRS", true)]
    [InlineData("Standard_ZRS", false)]
    [InlineData("Standard_RAGZRS", false)]
    public async Task Zones_are_refused_where_the_storage_is_in_one(string storage, bool refused)
    {
        var said = (await TryAsync($"zones: true\n  storageSku: '{storage}'"))?.Message;

        Assert.Equal(refused, said is not null);
        Assert.Equal(refused, said?.Contains("zones needs a storageSku with ZRS", StringComparison.Ordinal) ?? false);
    }

    // Both pages name the same place, and a deployment keeps what stands there.
    [Theory]
    [InlineData("deploy.md")]
    [InlineData("scale.md")]
    public void Where_the_calls_are_set_is_said(string page) =>
        Assert.Contains("`maxConcurrentCalls` in `infra/stages.bicep`", Text(page), StringComparison.Ordinal);

    // What becomes of production with some values changed; null when it can be deployed.
    static async Task<Exception?> TryAsync(string values)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Bicep.Folder, "tried"));
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, "stage.bicepparam"),
            $$"""
            using '../main.bicep'

            import { prod } from '../stages.bicep'

            param environmentName = 'tried'
            param location = 'westeurope'
            param stage = union(prod, {
              {{values}}
            })

            """);
        return await Record.ExceptionAsync(() => Bicep.RunAsync(
            "snapshot", "tried/stage.bicepparam", "--mode", "overwrite", "--location", "westeurope",
            "--subscription-id", "00000000-0000-0000-0000-000000000001",
            "--tenant-id", "00000000-0000-0000-0000-000000000002"));
    }

    // With zones the platform keeps two of each group that scales by itself, and a timer is one.
    [Fact]
    public async Task The_page_says_how_many_instances_zones_bill_and_how_many_each_stage_may_have()
    {
        var page = Text("deploy.md");
        Assert.Contains($"bills them: {2 * (Groups() + Timers())}, two each", page, StringComparison.Ordinal);
        Assert.Contains(
            $"Production has {await MaximumAsync("main.prod")} and development {await MaximumAsync("main.dev")}", page,
            StringComparison.Ordinal);
    }

    // What scale.md says of Standard follows from a namespace's credits and from those of an instance.
    [Fact]
    public async Task What_the_page_says_of_Standard_follows_from_its_credits()
    {
        const int OfNamespace = 1_000;
        const int OfDelivery = 4;
        var own = double.Parse(
            (await Snapshot.OfAsync("main.dev")).Settings()["Credits__PerSecond"], CultureInfo.InvariantCulture);
        var page = Text("scale.md");

        Assert.Contains($"at {OfNamespace / OfDelivery} deliveries a second", page, StringComparison.Ordinal);
        Assert.Contains(
            $"that is {Math.Round(OfNamespace / OfDelivery / Peak * SecondsOfMonth / 1e6):0} million a month", page,
            StringComparison.Ordinal);
        Assert.Contains(
            $"a replay sends some {Math.Floor(own / 8 / OfDelivery / 10) * 10:0} deliveries a second", page,
            StringComparison.Ordinal);
    }

    // A page as one line.
    static string Text(string name) =>
        Blanks().Replace(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", name)), " ");

    [GeneratedRegex("\\s+")]
    private static partial Regex Blanks();

    // What scale.md takes for the most that one environment is asked for.
    [Fact]
    public async Task A_cell_has_instances_for_a_billion_deliveries() => Assert.InRange(
        await MaximumAsync("main.prod"), int.Parse(Page("scale.md")["instances at the peak"][2]), int.MaxValue);

    // A timer runs on one instance at a time. Development and production may share a subscription and a region.
    [Fact]
    public async Task The_most_instances_of_both_stages_fit_the_quota_of_a_region_together()
    {
        var megabytes = 0;
        foreach (var file in new[] { "main.dev", "main.prod" })
        {
            megabytes += (Groups() * await MaximumAsync(file) + Timers())
                * (await ScaleAsync(file)).GetProperty("instanceMemoryMB").GetInt32();
        }

        Assert.InRange(megabytes, 1, QuotaMegabytes);
    }

    static async Task<JsonElement> ScaleAsync(string file) => (await Snapshot.OfAsync(file)).Only("Microsoft.Web/sites")
        .GetProperty("functionAppConfig").GetProperty("scaleAndConcurrency");

    static async Task<int> MaximumAsync(string file) =>
        (await ScaleAsync(file)).GetProperty("maximumInstanceCount").GetInt32();

    static int Calls() => JsonElement.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")))
        .GetProperty("extensions").GetProperty("serviceBus").GetProperty("maxConcurrentCalls").GetInt32();

    static int Timers() => typeof(SpanName).Assembly.GetTypes().SelectMany(type => type.GetMethods())
        .Count(method => method.GetParameters().Any(
            parameter => parameter.IsDefined(typeof(TimerTriggerAttribute), inherit: false)));

    [Fact]
    public void The_page_says_how_many_instances_the_quota_holds()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md"));
        Assert.Contains($"{QuotaMegabytes:N0} MB", page, StringComparison.Ordinal);
        Assert.Contains($"{QuotaMegabytes / 2048} instances of 2 GB", page, StringComparison.Ordinal);
    }

    // The HTTP functions together, and each function of a queue.
    static int Groups() => 1 + typeof(SpanName).Assembly.GetTypes().SelectMany(type => type.GetMethods())
        .Count(method => method.GetParameters().Any(
            parameter => parameter.IsDefined(typeof(ServiceBusTriggerAttribute), inherit: false)));

    [Theory]
    [InlineData(0.386, "0.39")]
    [InlineData(38.6, "39")]
    [InlineData(386, "390")]
    [InlineData(3_858, "3.9 k")]
    [InlineData(3_038_000, "3 M")]
    public void Two_digits_are_shown(double number, string shown) => Assert.Equal(shown, Short(number));

    static string Short(double number)
    {
        var (size, unit) = number switch
        {
            >= 1e9 => (1e9, " G"),
            >= 1e6 => (1e6, " M"),
            >= 1e3 => (1e3, " k"),
            _ => (1, ""),
        };
        var digits = 1 - (int)Math.Floor(Math.Log10(number / size));
        var scale = Math.Pow(10, digits);
        return (Math.Round(number / size * scale) / scale).ToString("0.##", CultureInfo.InvariantCulture) + unit;
    }

    // The rows of the page's tables, by their first cell.
    static Dictionary<string, string[]> Page(string name) =>
        Row().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", name)))
            .Select(match => match.Value.Trim('|').Split('|', StringSplitOptions.TrimEntries))
            .DistinctBy(cells => cells[0]).ToDictionary(cells => cells[0], cells => cells[1..]);

    [GeneratedRegex("^\\|[^-\\n].*\\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("one short line: ([\\d,]+) bytes")]
    private static partial Regex ShortLine();

    [GeneratedRegex("its wide line, of about ([\\d,]+) bytes")]
    private static partial Regex WideLine();
}
