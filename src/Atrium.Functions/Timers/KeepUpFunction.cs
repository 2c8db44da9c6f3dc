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
