using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Atrium.Local.Host.Worker;

/// <summary>
/// In the worker: turns settings that the app refuses at its start, and a port that was taken from it, into one
/// sentence on standard error. It hangs on the process's unhandled exceptions, since the app has no line for being run
/// locally.
/// </summary>
internal static partial class StartFailure
{
    /// <summary>
    /// The exit code that says the reason has been printed; sysexits.h has it for configuration errors.
    /// </summary>
    public const int ExitCode = 78;

    /// <summary>
    /// The exit code that says the next worker may well start; sysexits.h has it for failures that pass.
    /// </summary>
    public const int PassingExitCode = 75;

    /// <summary>
    /// The worker picks a free port for its HTTP requests, and listens on it later. On a busy machine another process
    /// may have got it by then.
    /// </summary>
    public const string PortTaken = "The port that the app had picked for itself was taken before it could listen.";

    // The binder has no exception type of its own.
    const string UnreadableValue = "Failed to convert configuration value";

    public static void PrintAsOneSentence() => AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
    {
        var (sentence, exitCode) = IsPortTaken(unhandled.ExceptionObject)
            ? (PortTaken, PassingExitCode)
            : (SentenceFor(unhandled.ExceptionObject), ExitCode);
        if (sentence is not null)
        {
            Console.Error.WriteLine(sentence);
            Environment.Exit(exitCode);
        }
    };

    /// <summary>Whether an exception, or what is inside it, says that a port is in use.</summary>
    public static bool IsPortTaken(object? exception) => exception switch
    {
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => true,
        Exception { InnerException: { } inner } => IsPortTaken(inner),
        _ => false,
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
