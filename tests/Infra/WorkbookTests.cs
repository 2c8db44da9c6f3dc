namespace Atrium.Infra.Tests;

public sealed class WorkbookTests
{
    [Fact]
    public async Task The_workbook_asks_the_queries_of_the_alerts_and_the_gauges_of_the_queues()
    {
        var items = (await Snapshot.OfAsync("main.prod")).WorkbookItems().ToArray();
        var queries = items.Where(item => item.TryGetProperty("query", out _))
            .Select(item => item.GetProperty("query").GetString()!).ToArray();

        // What the alerts on silence ask has nothing to show.
        Assert.All(
            Directory.GetFiles(Path.Combine(Bicep.Folder, "queries"))
                .Where(file => Path.GetFileName(file)
                    is not ("telemetry.kql" or "measured.kql" or "backups.kql" or "log-capped.kql")),
            file => Assert.Contains(
                queries, query => query.Contains(File.ReadAllText(file), StringComparison.Ordinal)));
        Assert.Equal(3, items.Count(item => item.TryGetProperty("metrics", out _)));
        Assert.All(queries, query => Assert.DoesNotContain("${", query, StringComparison.Ordinal));
    }
}
