using System.Text.Json;
using System.Text.RegularExpressions;
using Atrium.JavaScript;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Atrium.Infra.Tests;

/// <summary>
/// What Kusto's own parser says of the queries as they are deployed, and of some that are wrong: in one process, since
/// what takes time is to load it.
/// </summary>
public sealed partial class KqlAnalysis(IMessageSink diagnostics) : IAsyncLifetime
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
    Dictionary<string, Answer> _answers = [];

    /// <summary>The queries of the alerts, of the workbook and of the pages, by name.</summary>
    public IReadOnlyCollection<string> Deployed => _deployed.Keys;

    /// <summary>The text of a query.</summary>
    public string TextOf(string name) => _deployed[name];

    /// <summary>
    /// What is wrong with a query: line, column, severity, code and message of each error and warning.
    /// </summary>
    public IReadOnlyList<string> FaultsOf(string name) => _answers[name].Faults;

    /// <summary>
    /// The tables that a query reads. By each, the errors that the query has while a workspace does not have it.
    /// </summary>
    public IReadOnlyDictionary<string, string[]> WithoutATableOf(string name) => _answers[name].Without;

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

        foreach (var page in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "docs"), "*.md"))
        {
            foreach (Match query in OfPage().Matches(await File.ReadAllTextAsync(page)))
            {
                _deployed.Add($"{Path.GetFileName(page)}: {query.Index}", query.Groups[1].Value);
            }
        }

        var scripts = Path.Combine(AppContext.BaseDirectory, "scripts");
        await NpmPackages.InstallAsync(scripts, line => diagnostics.OnMessage(new DiagnosticMessage(line)));
        var queries = JsonSerializer.Serialize(_deployed.Concat(Wrong).ToDictionary());
        var answer = await NodeScript.RunAsync(Path.Combine(scripts, "analyse.mjs"), [queries]);
        _answers = JsonSerializer.Deserialize<Dictionary<string, Answer>>(answer, JsonSerializerOptions.Web)!;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    sealed record Answer(string[] Faults, Dictionary<string, string[]> Without);

    // A block of code that begins with a table or tables, or a variable.
    [GeneratedRegex("^```\\n((?:App[A-Z]\\w+|union |let )[\\s\\S]*?)^```$", RegexOptions.Multiline)]
    private static partial Regex OfPage();
}
