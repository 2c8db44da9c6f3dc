using System.Reflection;
using Atrium.Functions.Deliveries;
using Microsoft.Extensions.Logging;

namespace Atrium.Infra.Tests;

/// <summary>A log line as the code declares it.</summary>
/// <param name="Text">The template. Its fixed text is the same in the line made from it.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="HasException">Whether an exception goes with it.</param>
internal sealed record LogLine(string Text, LogLevel Level, bool HasException)
{
    /// <summary>All of the app's.</summary>
    public static readonly IReadOnlyList<LogLine> Declared =
    [
        .. from type in typeof(DeliverFunction).Assembly.GetTypes()
           from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
           let declared = method.GetCustomAttribute<LoggerMessageAttribute>()
           where declared is not null
           select new LogLine(
               declared.Message, declared.Level,
               method.GetParameters().Any(parameter => parameter.ParameterType.IsAssignableTo(typeof(Exception)))),
    ];

    /// <summary>Those with some fixed text.</summary>
    public static IEnumerable<LogLine> With(string text) =>
        Declared.Where(line => line.Text.Contains(text, StringComparison.Ordinal));
}
