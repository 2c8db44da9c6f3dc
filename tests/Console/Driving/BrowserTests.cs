using Microsoft.Playwright;

namespace Atrium.BrowserTests;

/// <summary>Tests that open tabs. After each, nothing may have gone wrong in any of them.</summary>
public abstract class BrowserTests : IAsyncLifetime
{
    readonly List<Tab> _tabs = [];

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        foreach (var context in _tabs.Select(tab => tab.Page.Context).Distinct().ToList())
        {
            await context.CloseAsync();
        }

        Assert.Empty(_tabs.SelectMany(tab => tab.Faults));
    }

    /// <summary>Opens a tab with a profile of its own.</summary>
    internal async Task<Tab> OpenAsync(BrowserNewContextOptions? options = null) => Watch(await Tab.OpenAsync(options));

    /// <summary>Opens a tab of the same profile as another.</summary>
    internal async Task<Tab> OpenBesideAsync(Tab other) => Watch(await other.OpenBesideAsync());

    Tab Watch(Tab tab)
    {
        _tabs.Add(tab);
        return tab;
    }
}
