namespace Atrium.EndToEnd;

/// <summary>Looks again and again at what another process holds and tells nobody of.</summary>
internal static class Eventually
{
    // Without it the app would be busy with being looked at.
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task TrueAsync(Func<Task<bool>> look)
    {
        while (!await look())
        {
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
