using Microsoft.Extensions.Options;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>
/// Turns a failure to start into one sentence on standard error and exit code 1. It hangs on the process's unhandled exceptions because
/// the worker's API leaves no other place: the same program must compile against the real packages, so it cannot catch what only exists here.
/// </summary>
internal static class HostStartFailure
{
    const int ExitCode = 1;

    // The binder has no exception type of its own.
    const string UnreadableValue = "Failed to convert configuration value";

    static int s_installed;

    public static void PrintAsOneSentence()
    {
        if (Interlocked.Exchange(ref s_installed, 1) == 0)
        {
            AppDomain.CurrentDomain.UnhandledException += (_, unhandled) => Print(unhandled.ExceptionObject);
        }
    }

    /// <summary>The sentence for an exception, or null when it is not about starting and deserves its stack trace.</summary>
    public static string? SentenceFor(object exception) => exception switch
    {
        HostStartException refused => refused.Message,
        _ => Faults(exception) is { Count: > 0 } faults ? $"The settings are not valid: {string.Join(' ', faults.Distinct())}" : null,
    };

    // Several sections fail together as an aggregate; a value of the wrong kind fails in the binder, before its section can be judged.
    static IReadOnlyList<string> Faults(object exception) => exception switch
    {
        OptionsValidationException invalid => [.. invalid.Failures],
        AggregateException several when several.InnerExceptions.All(inner => Faults(inner).Count > 0) => [.. several.InnerExceptions.SelectMany(Faults)],
        InvalidOperationException { InnerException: FormatException } unreadable
            when unreadable.Message.StartsWith(UnreadableValue, StringComparison.Ordinal) => [unreadable.Message],
        _ => [],
    };

    static void Print(object exception)
    {
        if (SentenceFor(exception) is { } sentence)
        {
            Console.Error.WriteLine(sentence);
            Environment.Exit(ExitCode);
        }
    }
}
