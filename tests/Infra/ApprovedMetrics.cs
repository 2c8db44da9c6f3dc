namespace Atrium.Infra.Tests;

/// <summary>The approved list of metrics, which a test of the app holds to the code.</summary>
static class ApprovedMetrics
{
    const string Indent = "  ";

    /// <summary>Metrics by name, each with its tags and their values.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyDictionary<string, string[]>> All = Read();

    static Dictionary<string, IReadOnlyDictionary<string, string[]>> Read()
    {
        var metrics = new Dictionary<string, IReadOnlyDictionary<string, string[]>>();
        // Behind the meter, a paragraph for each metric: its name and kind, its description, a line for each tag.
        foreach (var paragraph in File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "metrics.approved.txt")).Split("\n\n").Skip(1))
        {
            var lines = paragraph.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            metrics.Add(NameOf(lines[0]), lines.Skip(2).ToDictionary(NameOf, line => line.Split(": ", 2)[1].Split(", ")));
        }

        return metrics;
    }

    static string NameOf(string line) => line.Split(": ", 2)[0].Replace(Indent, "", StringComparison.Ordinal);
}
