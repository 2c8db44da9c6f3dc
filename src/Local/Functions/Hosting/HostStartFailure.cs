using Microsoft.Extensions.Options;

namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>
/// Turns a failure to start into one sentence on standard error and exit code 1. It hangs on the process's unhandled exceptions because
/// the worker's API leaves no other place: the same program must compile against the real packages, so it cannot catch what only exists here.
/// </summary>
internal static class HostStartFailure
{
    const int ExitCode = 1;
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
        OptionsValidationException invalid => $"The settings are not valid: {string.Join(' ', invalid.Failures)}",
        _ => null,
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
