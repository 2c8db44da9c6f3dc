namespace Atrium.EndToEnd;

/// <summary>An app whose broker's waits pass faster.</summary>
[CollectionDefinition(nameof(FastApp))]
public sealed class FastApp() : SharedApp(ClockSpeed), ICollectionFixture<FastApp>
{
    /// <summary>The half hour of all ten attempts takes half a minute.</summary>
    public const int ClockSpeed = 40;
}
