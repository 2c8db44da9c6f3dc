using System.Runtime.CompilerServices;

namespace Atrium;

/// <summary>Looks again and again at what another process holds and tells nobody of.</summary>
internal static class Eventually
{
    // Each a third longer than the one before: else the app would be busy with being looked at.
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);
    const double Growth = 4.0 / 3;

    public static async Task TrueAsync(Func<Task<bool>> look, [CallerArgumentExpression(nameof(look))] string what = "")
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var pause = FirstPause; !await look(); pause = Longer(pause))
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience.Limit)
            {
                throw new TimeoutException($"This did not come true within {Patience.Limit}: {what}");
            }

            await Task.Delay(pause, TimeProvider.System);
        }
    }

    static TimeSpan Longer(TimeSpan pause) => pause >= LongestPause ? LongestPause : pause * Growth;
}
