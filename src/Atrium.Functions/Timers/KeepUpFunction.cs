using Atrium.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Timers;

/// <summary>Does what is due every ten seconds, each minute and every five minutes.</summary>
/// <remarks>
/// One function for all of it: on Flex Consumption each timer function scales alone, and with zone redundancy has two
/// instances of its own that are always there.
/// </remarks>
internal sealed class KeepUpFunction(KeepUp keepUp)
{
    /// <summary>Every ten seconds: <see cref="KeepUp.Tick"/>.</summary>
    /// <exception cref="AggregateException">Some of it failed; the rest is done.</exception>
    [Function("KeepUp")]
    public Task RunAsync([TimerTrigger("*/10 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        keepUp.RunAsync(cancellationToken);
}

/// <summary>
/// Does the work that is due at a tick, side by side, so that slow or failing work does not hold up the rest. If some
/// work takes longer than a tick, such as rebuilding the index, the run goes on with the rest at each tick: the host
/// begins no other run until this one ends.
/// </summary>
internal sealed class KeepUp(IEnumerable<PeriodicWork> works, TimedWork timed, TimeProvider time)
{
    /// <summary>How often the timer fires.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(10);

    /// <exception cref="AggregateException">Some of it failed; the rest is done.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        var failures = new FailureCollector(stopping);
        var underWay = new Dictionary<PeriodicWork, Task>();
        using var ticks = new PeriodicTimer(Tick, time);
        Task all;
        do
        {
            foreach (var work in works.Where(work => underWay.GetValueOrDefault(work) is null or { IsCompleted: true }))
            {
                if (work.TryBegin(time.GetUtcNow()))
                {
                    underWay[work] = failures.TryAsync(
                        work.Name, () => timed.DoAsync(work.Name, work.DoAsync, stopping));
                }
            }

            all = Task.WhenAll(underWay.Values);
        }
        while (await Task.WhenAny(all, ticks.WaitForNextTickAsync(CancellationToken.None).AsTask()) != all);

        await all;
        failures.Complete();
    }
}
