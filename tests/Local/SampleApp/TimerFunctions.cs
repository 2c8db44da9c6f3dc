using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.SampleApp;

/// <summary>Timers that are never due while a test runs.</summary>
internal sealed partial class TimerFunctions(Gates gates, ILogger<TimerFunctions> logger)
{
    [Function("Tick")]
    public void Tick([TimerTrigger("%TickSchedule%")] TimerInfo timer) =>
        Log.Ticked(logger, timer.IsPastDue, timer.ScheduleStatus?.Next.ToUniversalTime());

    /// <summary>Goes on until its gate, which has its name, is open.</summary>
    [Function("LongTick")]
    public async Task LongTickAsync([TimerTrigger("0 0 3 1 1 *", UseMonitor = false)] TimerInfo timer)
    {
        Log.Ticked(logger, timer.IsPastDue, timer.ScheduleStatus?.Next);
        await gates.PassAsync("LongTick");
        Log.Ended(logger);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Ticked, past due {PastDue}, next {Next}")]
        public static partial void Ticked(ILogger logger, bool pastDue, DateTime? next);

        [LoggerMessage(2, LogLevel.Information, "The long tick ended")]
        public static partial void Ended(ILogger logger);
    }
}
