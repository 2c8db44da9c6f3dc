namespace Atrium.BrowserTests;

/// <summary>A screen of the page in one of its states.</summary>
/// <param name="Name">The screen, and its state.</param>
/// <param name="Scenario">The fake server's; see src/Console/README.md.</param>
/// <param name="Route">Where it is.</param>
/// <param name="Reach">What it takes to get there from the route.</param>
/// <param name="Before">What it takes before the page is loaded.</param>
internal sealed record ScreenState(
    string Name, string Scenario, string Route, Func<Stage, Task>? Reach = null, Func<Stage, Task>? Before = null)
{
    public override string ToString() => Name;
}
