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
        var expected = new Dictionary<string, Func<double, double>>
        {
            ["deliveries a second, on average"] = month => month / SecondsOfMonth,
            ["the same at a peak of ten times that"] = month => Peak * month / SecondsOfMonth,
            ["Service Bus operations a month"] = month => month * Each(Operations),
            ["credits a second at the peak"] = month => Peak * month / SecondsOfMonth * credits,
            ["executions a month"] = month => month * Each(Executions),
            ["rows of attempts, kept for 30 days"] = month => month * Each(Rows),
            ["dead letters after 90 days, if none is replayed"] = month => 3 * month * Mix[2].Share,
            ["instances at the peak"] = month => Math.Ceiling(Peak * month / SecondsOfMonth / 100),
            ["cells"] = month => Math.Ceiling(month / 1e9),
        };

        var table = Page("scale.md");
        Assert.Equal(["1 M", "100 M", "1 G", "10 G"], table["deliveries a month"]);
        Assert.Equal(expected.Keys.Append("deliveries a month").Order(), table.Keys.Order());
        Assert.All(expected, row => Assert.Equal(Months.Select(month => Short(row.Value(month))), table[row.Key]));
    }

    // https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas: connections of a namespace, and
    // receives at a time of a queue.
    const int MostConnections = 5_000;

    // https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#regional-subscription-memory-quotas
    const int QuotaMegabytes = 512_000;

    [Fact]
    public async Task The_most_instances_that_a_stage_may_have_fit_the_connections_of_a_namespace()
    {
        using var template = JsonDocument.Parse(await Template.TextAsync());
        var most = template.RootElement.GetProperty("definitions").EnumerateObject()
            .Select(type => type.Value.GetProperty("properties"))
            .Single(properties => properties.TryGetProperty("maximumInstances", out _))
            .GetProperty("maximumInstances").GetProperty("maxValue").GetInt32();

        // Host and worker each have one.
        Assert.InRange(2 * Groups() * most, 1, MostConnections);
    }

    // A timer runs on one instance at a time.
    [Theory]
    [InlineData("main.dev")]
    [InlineData("main.prod")]
    public async Task The_most_instances_of_a_stage_fit_the_quota_of_a_region(string file)
    {
        var scale = (await Snapshot.OfAsync(file)).Only("Microsoft.Web/sites").GetProperty("functionAppConfig")
            .GetProperty("scaleAndConcurrency");
        var instances = Groups() * scale.GetProperty("maximumInstanceCount").GetInt32() + Timers();

        Assert.InRange(instances * scale.GetProperty("instanceMemoryMB").GetInt32(), 1, QuotaMegabytes);
    }

    static int Timers() => typeof(SpanName).Assembly.GetTypes().SelectMany(type => type.GetMethods())
        .Count(method => method.GetParameters().Any(
            parameter => parameter.IsDefined(typeof(TimerTriggerAttribute), inherit: false)));

    [Fact]
    public void The_page_says_how_many_instances_the_quota_holds()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md"));
        Assert.Contains($"{QuotaMegabytes:N0} MB", page, StringComparison.Ordinal);
        Assert.Contains($"{QuotaMegabytes / 2048} instances of 2 GB", page, StringComparison.Ordinal);
        Assert.Contains(
            $"above {QuotaMegabytes / 2048 / Groups() / 10 * 10}", page, StringComparison.Ordinal);
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
}
