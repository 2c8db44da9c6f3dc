namespace Atrium.BrowserTests;

/// <summary>
/// Every screen in every state: without a violation of WCAG 2.2 AA in light and dark, without scrolling sideways on any
/// width; and a picture of each in artifacts/console.
/// </summary>
[Collection(nameof(Screens))]
public sealed class ScreenTests(Screens screens)
{
    public static TheoryData<string> Names { get; } = new(ScreenStates.All.Select(state => state.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_screen_can_be_used_by_everybody_in_light_and_dark(string name)
    {
        var page = await screens.ShowAsync(State(name), isPseudo: false);

        var violations = await page.ViolationsAsync(Shown.AllRules);
        var scrolling = await page.ScrollingAsync();
        await page.TakePicturesAsync(name, "light");
        await page.DarkenAsync();
        violations = [.. violations, .. await page.ViolationsAsync(Shown.RulesOfColour)];
        await page.TakePicturesAsync(name, "dark");

        None(violations);
        None(scrolling);
        screens.Check();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_screen_fits_with_longer_words_from_left_and_from_right(string name)
    {
        var page = await screens.ShowAsync(State(name), isPseudo: true);

        None(await page.ScrollingAsync());
        await page.TurnAsync();
        None(await page.ScrollingAsync());
        screens.Check();
    }

    static void None(IReadOnlyList<string> faults) => Assert.True(faults.Count == 0, string.Join('\n', faults));

    static ScreenState State(string name) => ScreenStates.All.Single(state => state.Name == name);
}
