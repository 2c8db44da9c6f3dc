using System.Globalization;

namespace Atrium.Costs;

/// <summary>The table of docs/operations-cost.md.</summary>
internal static class CostTable
{
    public const string FirstAttempt = "succeeds at the first attempt";
    public const string Shared = "the same, within five seconds of another of its subscription";
    public const string SecondAttempt = "succeeds at the second attempt";
    public const string NoAttempt = "fails ten times, is dead-lettered";

    /// <summary>Counted in memory only: between processes, no endpoint is busy for just so long.</summary>
    public const string PutBack = "the same, put back five times at a dead endpoint";

    static readonly string[] Columns =
    [
        "one delivery", "Service Bus operations", "table reads", "transactions", "rows", "vault reads", "executions",
        "requests",
    ];

    /// <summary>What the document says, by the first cell of each row.</summary>
    public static IReadOnlyDictionary<string, DeliveryCost> Read()
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "operations-cost.md"));
        var header = Array.FindIndex(lines, line => Cells(line).SequenceEqual(Columns));
        Assert.True(
            header >= 0, $"docs/operations-cost.md has no table with the columns {string.Join(", ", Columns)}.");
        return lines.Skip(header + 2).TakeWhile(line => line.StartsWith('|')).Select(Cells)
            .ToDictionary(cells => cells[0], cells => Figures(cells[1..]));
    }

    static string[] Cells(string line) => [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];

    static DeliveryCost Figures(string[] cells)
    {
        var figures = Array.ConvertAll(cells, cell => int.Parse(cell, CultureInfo.InvariantCulture));
        return new(figures[0], figures[1], figures[2], figures[3], figures[4], figures[5], figures[6]);
    }
}
