using Atrium.EndToEnd;

namespace Atrium.BrowserTests;

/// <summary>
/// The real app, which all flows share, each as a tenant of its own. One site may embed its page, another may not.
/// </summary>
[CollectionDefinition(nameof(AdminsApp))]
public sealed class AdminsApp : IAsyncLifetime, IDisposable, ICollectionFixture<AdminsApp>
{
    // The 20 minutes of all ten attempts take some ten seconds.
    const int ClockSpeed = 120;

    readonly TemporaryFolder _state = new();
    RunningApp? _app;
    Site? _parent;
    Site? _stranger;

    /// <summary>The site that may embed the page.</summary>
    internal Site Parent => _parent!;

    /// <summary>A site that may not.</summary>
    internal Site Stranger => _stranger!;

    /// <summary>The app, in the name of a new tenant.</summary>
    internal RunningApp Share() => _app!.Share();

    public async Task InitializeAsync()
    {
        // Their errors are of one sentence, and come first.
        await Chromium.BrowserAsync();
        _parent = await Site.StartAsync();
        _stranger = await Site.StartAsync();
        _app = await RunningApp.StartAsync(
            _state, ClockSpeed, ("Access__SignedInUsers", "true"),
            ("Portal__FrameAncestors__0", _parent.Origin.GetLeftPart(UriPartial.Authority)));
    }

    public async Task DisposeAsync()
    {
        foreach (var one in new IAsyncDisposable?[] { _app, _parent, _stranger })
        {
            if (one is not null)
            {
                await one.DisposeAsync();
            }
        }
    }

    public void Dispose() => _state.Dispose();
}
