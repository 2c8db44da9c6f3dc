using Microsoft.Playwright;

namespace Atrium.BrowserTests;

/// <summary>What the page speaks.</summary>
internal enum Language
{
    English,
    German,

    /// <summary>English with longer words, from right to left.</summary>
    Longer,
}

/// <summary>One tab on the fake server, which is led through all screens.</summary>
[CollectionDefinition(nameof(Screens))]
public sealed class Screens : IAsyncLifetime, IDisposable, ICollectionFixture<Screens>
{
    readonly FakeServer _server = new();
    Tab? _tab;
    ICDPSession? _devtools;
    string _before = "the start";
    int _sessions;

    public Uri Address => _server.Address;

    public async Task InitializeAsync()
    {
        // Without its policy the page lets axe in. Another test runs with it.
        _tab = await Tab.OpenAsync(new() { BypassCSP = true });
        _devtools = await _tab.Page.Context.NewCDPSessionAsync(_tab.Page);
        await _server.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        if (_tab is not null)
        {
            await _tab.Page.Context.CloseAsync();
        }
    }

    public void Dispose() => _server.Dispose();

    /// <summary>Shows a screen in a state, anew. Fails when something has gone wrong since the one before.</summary>
    internal async Task<Shown> ShowAsync(ScreenState state, Language language)
    {
        var page = _tab!.Page;
        await page.UnrouteAllAsync(new() { Behavior = UnrouteBehavior.IgnoreErrors });
        await page.GotoAsync("about:blank");
        var late = TakeFaults();
        Assert.True(late.Count == 0, $"After {_before}: {string.Join('\n', late)}");
        _before = $"{state.Name} in {language}";
        var shown = new Shown(page, _devtools!);
        await shown.BeginAsync();
        var stage = new Stage(_tab, language == Language.Longer);
        if (state.Before is not null)
        {
            await state.Before(stage);
        }

        var words = language switch
        {
            Language.German => "lang=de&dir=ltr",
            Language.Longer => "lang=en-XA&dir=rtl",
            _ => "lang=en&dir=ltr",
        };
        var session = $"atp_{state.Scenario}-{++_sessions}";
        await _tab.VisitAsync(Address, $"session={session}&{words}&to={Uri.EscapeDataString(state.Route)}");
        if (state.Reach is not null)
        {
            await state.Reach(stage);
        }

        return shown;
    }

    /// <summary>Fails when anything has gone wrong in the tab since it was looked at last.</summary>
    internal void Check() => Assert.Empty(TakeFaults());

    List<string> TakeFaults()
    {
        var faults = _tab!.Faults.ToList();
        _tab.Forget(faults.Contains);
        return faults;
    }
}
