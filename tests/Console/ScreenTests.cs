namespace Atrium.BrowserTests;

/// <summary>
/// Every screen in every state: without a violation of WCAG 2.2 AA in light and dark, without scrolling sideways on any
/// width; and a picture of each in artifacts/console.
/// </summary>
[Collection(nameof(Screens))]
public sealed class ScreenTests(Screens screens)
{
    public static TheoryData<string> Names { get; } = new(ScreenStates.All.Select(state => state.Name));

    public static TheoryData<string> Programs { get; } = [.. ScreenStates.Programs, "node-red"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_screen_can_be_used_by_everybody_in_light_and_dark(string name)
    {
        var page = await screens.ShowAsync(State(name), Language.English);

        None(await page.MutedAsync());
        var violations = await page.ViolationsAsync(Shown.AllRules);
        await page.DarkenAsync();
        violations = [.. violations, .. await page.ViolationsAsync(Shown.RulesOfColour)];
        await page.LightenAsync();
        var scrolling = await page.ScrollingAsync($"{name}-light", $"{name}-dark");

        None(violations);
        None(scrolling);
        screens.Check();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_screen_fits_with_longer_words_from_left_and_from_right(string name)
    {
        var page = await screens.ShowAsync(State(name), Language.Longer);

        None(await page.ScrollingAsync());
        await page.TurnAsync();
        None(await page.ScrollingAsync());
        screens.Check();
    }

    [Theory]
    [InlineData("list")]
    [InlineData("new")]
    [InlineData("new-test-cause")]
    [InlineData("settings-overlap")]
    [InlineData("settings-paused")]
    [InlineData("activity-failing")]
    [InlineData("sending-failed")]
    [InlineData("receiver")]
    [InlineData("failed-chosen")]
    [InlineData("jobs")]
    [InlineData("notices")]
    [InlineData("notices-sent")]
    [InlineData("notice-failed")]
    public async Task A_screen_fits_in_German(string name)
    {
        var page = await screens.ShowAsync(State(name), Language.German);

        None(await page.ScrollingAsync($"{name}-german"));
        screens.Check();
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_receiver_on_the_page_is_the_sample_to_the_letter(string program)
    {
        var page = await screens.ShowAsync(State($"receiver-{program}"), Language.English);

        var shown = await page.CodeAsync();
        Assert.NotEmpty(shown);
        Assert.All(shown, file => Assert.Equal(
            File.ReadAllText(Repository.PathOf("samples", "receivers", program, file.Key)).TrimEnd(), file.Value));
        screens.Check();
    }

    [Fact]
    public async Task With_forced_colours_bars_differ_and_states_and_buttons_have_an_outline()
    {
        var page = await screens.ShowAsync(State("list"), Language.English);

        await page.ForceColoursAsync();
        await page.TakePicturesAsync("list-forced");
        var bars = await page.StylesAsync("fill", ".bars .delivered", ".bars .failed", ".bars .given-up");
        Assert.Equal(bars.Count, bars.Distinct().Count());
        Assert.Equal(["1px", "1px"], await page.StylesAsync("borderTopWidth", ".state", ".button"));
        None(await page.ScrollingAsync());
        screens.Check();
    }

    [Theory]
    [InlineData("list")]
    [InlineData("list-empty")]
    [InlineData("new-headers")]
    [InlineData("settings")]
    [InlineData("receiver")]
    [InlineData("activity-failing")]
    [InlineData("sending-failed")]
    [InlineData("failed-open")]
    [InlineData("jobs-failed")]
    [InlineData("notices-sent")]
    public async Task Every_button_that_is_not_a_small_one_is_40_pixels_high_and_every_target_24(string name)
    {
        var page = await screens.ShowAsync(State(name), Language.English);

        None(await page.SmallTargetsAsync());
        screens.Check();
    }

    [Fact]
    public async Task Bars_of_what_failed_differ_from_those_of_what_arrived_in_more_than_colour_and_each_is_seen()
    {
        const int LeastContrast = 3;
        string[] kinds = [".bars .delivered", ".bars .failed", ".bars .given-up"];
        var page = await screens.ShowAsync(State("list"), Language.English);

        var widths = await page.StylesAsync("width", kinds);
        var places = await page.StylesAsync("transform", kinds);
        Assert.Equal(kinds.Length, widths.Zip(places).Distinct().Count());
        Assert.All(await page.ContrastsAsync(kinds), contrast => Assert.True(contrast >= LeastContrast, $"{contrast}"));
        await page.DarkenAsync();
        Assert.All(await page.ContrastsAsync(kinds), contrast => Assert.True(contrast >= LeastContrast, $"{contrast}"));
        screens.Check();
    }

    static void None(IReadOnlyList<string> faults) => Assert.True(faults.Count == 0, string.Join('\n', faults));

    static ScreenState State(string name) => ScreenStates.All.Single(state => state.Name == name);
}
