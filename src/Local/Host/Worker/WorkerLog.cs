using System.Globalization;
using Atrium.Local.Host.Terminal;
using Atrium.Local.Host.Worker.Messages;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.Host.Worker;

/// <summary>
/// Passes on what the worker logs, under the category that it was logged with; host.json's levels decide what of it is
/// shown.
/// </summary>
internal static class WorkerLog
{
    public static void Write(ILoggerFactory loggers, RpcLog line, TimeProvider time)
    {
        // The levels have the same order and the same numbers. Metrics are not shown on a console.
        var (logger, level) = (loggers.CreateLogger(line.Category), (LogLevel)line.Level);
        if (line.LogCategory == RpcLog.Types.RpcLogCategory.CustomMetric || !logger.IsEnabled(level))
        {
            return;
        }

        if (AttemptLine.Of(line.Message, Colours.Wanted) is { } attempt)
        {
            var now = time.GetLocalNow().ToString(HostLogging.Time, CultureInfo.InvariantCulture);
            Console.WriteLine($"{now}{attempt}");
        }
        else
        {
            var text = line.Exception is { } exception
                ? $"{line.Message}\n{exception.Message}\n{exception.StackTrace}".TrimEnd()
                : line.Message;
            logger.Log(level, EventOf(line), text, exception: null, static (text, _) => text);
        }
    }

    static EventId EventOf(RpcLog line) => int.TryParse(line.EventId, out var id) ? new(id) : default;
}
