using System.Text.Json;
using Atrium.JavaScript;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Atrium.Infra.Tests;

/// <summary>
/// What Kusto's own parser says of the queries as they are deployed, and of some that are wrong: in one process, since
/// what takes time is to load it.
/// </summary>
public sealed class KqlAnalysis(IMessageSink diagnostics) : IAsyncLifetime
{
    /// <summary>Not deployed, by what is wrong with them.</summary>
    static readonly Dictionary<string, string> Wrong = new()
    {
        ["unknown column"] = "AppTraces\n| where OuterMessage == \"\"",
        ["unknown table"] = "AppTrace\n| count",
        ["unknown table in a union that bears it"] = "union isfuzzy=true AppTraces, AppTrace",
        ["wrong type"] = "AppTraces\n| where ItemCount startswith \"1\"",
        ["wrong syntax"] = "AppTraces\n| where (Message ==",
    };

    readonly Dictionary<string, string> _deployed = [];
    Dictionary<string, string[]> _faults = [];

    /// <summary>The queries of the alerts and of the workbook, by name.</summary>
    public IReadOnlyCollection<string> Deployed => _deployed.Keys;

    /// <summary>
    /// What is wrong with a query: line, column, severity, code and message of each error and warning.
    /// </summary>
    public IReadOnlyList<string> FaultsOf(string name) => _faults[name];

    public async Task InitializeAsync()
    {
        var snapshot = await Snapshot.OfAsync("everything");
        foreach (var alert in snapshot.OfType("Microsoft.Insights/scheduledQueryRules")
            .Select(alert => alert.GetProperty("properties")))
        {
            var query = Assert.Single(alert.GetProperty("criteria").GetProperty("allOf").EnumerateArray())
                .GetProperty("query");
            _deployed.Add($"alert: {alert.GetProperty("displayName")}", query.GetString()!);
        }

        foreach (var item in snapshot.WorkbookItems().Where(item => item.TryGetProperty("query", out _)))
        {
            _deployed.Add($"workbook: {item.GetProperty("title")}", item.GetProperty("query").GetString()!);
        }

        var scripts = Path.Combine(AppContext.BaseDirectory, "scripts");
        await NpmPackages.InstallAsync(scripts, line => diagnostics.OnMessage(new DiagnosticMessage(line)));
        var queries = JsonSerializer.Serialize(_deployed.Concat(Wrong).ToDictionary());
        var answer = await NodeScript.RunAsync(Path.Combine(scripts, "analyse.mjs"), [queries]);
        _faults = JsonSerializer.Deserialize<Dictionary<string, string[]>>(answer)!;
    }

    public Task DisposeAsync() => Task.CompletedTask;
}
