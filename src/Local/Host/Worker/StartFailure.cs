using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Atrium.Local.Host.Worker;

/// <summary>
/// In the worker: turns settings that the app refuses at its start into one sentence on standard error. It hangs on the
/// process's unhandled exceptions, since the app has no line for being run locally.
/// </summary>
internal static partial class StartFailure
{
    /// <summary>
    /// The exit code that says the reason has been printed; sysexits.h has it for configuration errors.
    /// </summary>
    public const int ExitCode = 78;

    // The binder has no exception type of its own.
    const string UnreadableValue = "Failed to convert configuration value";

    public static void PrintAsOneSentence() => AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
    {
        if (SentenceFor(unhandled.ExceptionObject) is { } sentence)
        {
            Console.Error.WriteLine(sentence);
            Environment.Exit(ExitCode);
        }
    };

    /// <summary>
    /// The sentence for an exception, or null when it is not about settings and deserves its stack trace.
    /// </summary>
    public static string? SentenceFor(object exception) =>
        Faults(exception) is { Count: > 0 } faults
            ? $"The settings are not valid: {string.Join(' ', faults.Distinct())}"
            : null;

    // Several sections fail together as an aggregate; a value of the wrong kind fails in the binder, before its section
    // can be judged.
    static IReadOnlyList<string> Faults(object exception) => exception switch
    {
        OptionsValidationException invalid =>
            [.. invalid.Failures.Select(failure => OfAnnotation().Replace(failure, "$1"))],
        AggregateException several when several.InnerExceptions.All(inner => Faults(inner).Count > 0) =>
            [.. several.InnerExceptions.SelectMany(Faults)],
        InvalidOperationException { InnerException: FormatException or ArgumentException } unreadable
            when unreadable.Message.StartsWith(UnreadableValue, StringComparison.Ordinal) => [unreadable.Message],
        _ => [],
    };

    // The framework wraps the sentence of an attribute in what a person does not ask for.
    [GeneratedRegex(@"^DataAnnotation validation failed for .* with the error: '(.*)'\.$", RegexOptions.Singleline)]
    private static partial Regex OfAnnotation();
}
