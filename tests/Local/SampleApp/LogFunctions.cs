using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace Atrium.Local.SampleApp;

/// <summary>Says something on every level, under a category of its own.</summary>
internal sealed partial class LogFunctions(ILoggerFactory loggers)
{
    [Function("Talk")]
    public void Talk(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "talk/{category}")] HttpRequest request,
        string category)
    {
        ArgumentNullException.ThrowIfNull(request);
        var logger = loggers.CreateLogger(category);
        Log.Failed(logger, new InvalidOperationException("the fault"));
        for (var level = LogLevel.Trace; level <= LogLevel.Critical; level++)
        {
            Log.Said(logger, level);
        }

        Console.WriteLine($"{category} has said all");
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Message = "said")]
        public static partial void Said(ILogger logger, LogLevel level);

        [LoggerMessage(2, LogLevel.Error, "it failed")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
