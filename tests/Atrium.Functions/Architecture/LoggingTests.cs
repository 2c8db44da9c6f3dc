using System.CodeDom.Compiler;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Atrium.Functions.Tests.Architecture;

public sealed class LoggingTests
{
    [Fact]
    public void Every_log_line_is_declared_as_a_LoggerMessage() => Assert.Empty(Methods
        .Where(
            method => !method.IsDefined(typeof(GeneratedCodeAttribute))
            && Instructions.MembersNamedBy(method).Any(IsLogCall))
        .Select(method => $"{method.DeclaringType!.FullName}.{method.Name} logs by itself"));

    [Fact]
    public void The_declared_ones_are_seen() =>
        Assert.Contains(
            Methods,
            method => method
            is { Name: "PutBack", DeclaringType.FullName: "Atrium.Functions.Events.FanOutFunction+Log" }
            && method.IsDefined(typeof(GeneratedCodeAttribute)));

    [Fact]
    public void A_call_that_logs_by_itself_is_seen() =>
        Assert.Contains(Instructions.MembersNamedBy(((Action<ILogger>)AdHoc).Method), IsLogCall);

    static IEnumerable<MethodBase> Methods => typeof(Functions.Events.FanOut).Assembly.GetTypes()
        .SelectMany(
            type => type.GetMethods(Folders.Declared).Concat<MethodBase>(type.GetConstructors(Folders.Declared)));

    static bool IsLogCall(MemberInfo member) =>
        member.Name.StartsWith("Log", StringComparison.Ordinal)
            && (member.DeclaringType == typeof(LoggerExtensions) || member.DeclaringType == typeof(ILogger));

    [SuppressMessage("Performance", "CA1848", Justification = "It is here to be found.")]
    static void AdHoc(ILogger logger) => logger.LogInformation("Said by the way");
}
