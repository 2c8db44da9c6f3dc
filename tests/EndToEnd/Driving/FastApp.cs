namespace Atrium.EndToEnd;

/// <summary>An app whose broker's waits pass faster. It runs far from home, which changes nothing.</summary>
[CollectionDefinition(nameof(FastApp))]
public sealed class FastApp() : SharedApp(ClockSpeed, FarFromHome), ICollectionFixture<FastApp>
{
    /// <summary>The half hour of all ten attempts takes half a minute.</summary>
    public const int ClockSpeed = 40;

    // Where the capital of i is İ, and the clock is 12:45 ahead.
    static (string Name, string Value)[] FarFromHome(string state) =>
    [
        ("LANG", "tr_TR.UTF-8"),
        ("LC_ALL", "tr_TR.UTF-8"),
        ("TZ", "Pacific/Chatham"),
        ("TMPDIR", Directory.CreateDirectory(Path.Combine(state, "für kurze Zeit")).FullName),
    ];
}
