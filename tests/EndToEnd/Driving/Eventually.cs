using System.Runtime.CompilerServices;

namespace Atrium.EndToEnd;

/// <summary>Looks again and again at what another process holds and tells nobody of.</summary>
internal static class Eventually
{
    // Without it the app would be busy with being looked at.
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // Reached only when something is broken.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static async Task TrueAsync(Func<Task<bool>> look, [CallerArgumentExpression(nameof(look))] string what = "")
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await look())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
            {
                throw new TimeoutException($"This did not come true within {Patience}: {what}");
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
