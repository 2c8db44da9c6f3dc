using System.Runtime.CompilerServices;

namespace Atrium.Local.Host.Tests.Support;

/// <summary>Looks again and again at what a queue holds, which tells nobody of it.</summary>
internal static class Eventually
{
    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    public static async Task TrueAsync(Func<Task<bool>> look, [CallerArgumentExpression(nameof(look))] string what = "")
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await look())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience.Limit)
            {
                throw new TimeoutException($"This did not come true within {Patience.Limit}: {what}");
            }

            await Task.Delay(s_pause, TimeProvider.System);
        }
    }
}
