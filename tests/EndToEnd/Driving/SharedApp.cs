namespace Atrium.EndToEnd;

/// <summary>
/// One app for the tests of a collection, which take turns, each with a tenant of its own. For those that need no more
/// than that: who stops or kills the app, gives it settings, or asks for what it does for all tenants, starts one.
/// </summary>
/// <param name="clockSpeed">How fast the broker's waits pass.</param>
/// <param name="settings">Further settings, by the folder of its data.</param>
public abstract class SharedApp(int clockSpeed, Func<string, (string Name, string Value)[]>? settings = null)
    : IAsyncLifetime, IDisposable
{
    readonly TemporaryFolder _state = new();
    RunningApp? _app;

    /// <summary>The app as a test has it that shares it.</summary>
    internal RunningApp Share() => _app!.Share();

    public async Task InitializeAsync() =>
        _app = await RunningApp.StartAsync(_state, clockSpeed, settings?.Invoke(_state.Path) ?? []);

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await using var app = _app;
            // Whatever the tests have left under way, it stops as it should.
            Assert.Equal(0, await app.Process.InterruptAsync());
        }
    }

    public void Dispose()
    {
        _state.Dispose();
        GC.SuppressFinalize(this);
    }
}
