using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Atrium.Functions.Tests.Architecture;

public sealed partial class ArchitectureTests
{
    // What all may use; of these, each only what stands beside it.
    static readonly Dictionary<string, string[]> Shared = new()
    {
        ["Contract"] = ["Http"],
        ["Http"] = ["Telemetry"],
        ["Messaging"] = ["Http", "Telemetry"],
        ["Storage"] = ["Telemetry"],
        ["Telemetry"] = [],
    };

    // Who may use whom beside them; what is not here may use nobody.
    static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Access"] = [],
        ["AttemptHistory"] = ["Deliveries", "Egress", "Subscriptions"],
        ["Console"] = [],
        ["DeadLetters"] = ["Deliveries", "Events", "Subscriptions", "AttemptHistory", "Jobs"],
        ["Deliveries"] = ["Subscriptions", "Secrets", "Signing", "Egress"],
        ["Egress"] = ["Signing"],
        ["Erasure"] = ["DeadLetters", "Jobs"],
        ["Events"] = ["Subscriptions", "Deliveries"],
        ["Jobs"] = [],
        ["Notices"] = ["Subscriptions", "Secrets", "Signing", "Egress", "TestWebhooks"],
        ["Operations"] =
        [
            "AttemptHistory", "Console", "DeadLetters", "Deliveries", "Egress", "Erasure", "Events", "Jobs",
            "Notices", "Parking", "Secrets", "Signing", "Subscriptions", "TestWebhooks",
        ],
        ["Overview"] = ["AttemptHistory", "DeadLetters", "Deliveries", "Jobs", "Subscriptions"],
        ["Parking"] = ["Subscriptions", "Deliveries", "Jobs", "DeadLetters"],
        ["Portal"] =
        [
            "Access", "AttemptHistory", "Console", "DeadLetters", "Erasure", "Jobs", "Notices", "Operations",
            "Overview", "Parking", "Subscriptions", "TestWebhooks",
        ],
        ["Secrets"] = ["Signing"],
        ["Signing"] = [],
        ["Subscriptions"] = ["Secrets", "Egress", "Signing"],
        ["TestWebhooks"] = ["Events", "Subscriptions", "Secrets", "Signing", "Egress"],
        ["Timers"] = ["DeadLetters", "Jobs", "Operations", "Parking", "Subscriptions"],
    };

    static bool MayUse(string from, string to) => Shared.TryGetValue(from, out var beside)
        ? beside.Contains(to)
        : Shared.ContainsKey(to) && from != "Signing" || Allowed[from].Contains(to);

    [Fact]
    public void Folders_use_one_another_along_the_arrows_of_the_architecture_only() => Assert.Empty(
        Folders.Arrows().Where(arrow => !MayUse(arrow.Key.From, arrow.Key.To)).Select(arrow => arrow.Value));

    [Fact]
    public void No_arrow_is_allowed_that_nobody_needs() => Assert.Empty(
        Shared.Concat(Allowed).SelectMany(
            folder => folder.Value.Except(UsedBy(folder.Key)), (folder, other) => $"{folder.Key} → {other}"));

    // By the sources too: a constant leaves no trace in compiled code.
    static IEnumerable<string> UsedBy(string folder) =>
        Directory.GetFiles(Path.Combine(SourceFormTests.Root, "src", "Atrium.Functions", folder), "*.cs")
            .SelectMany(file => Usings().Matches(File.ReadAllText(file)), (_, used) => used.Groups["folder"].Value)
            .Concat(Folders.Arrows().Keys.Where(arrow => arrow.From == folder).Select(arrow => arrow.To));

    [GeneratedRegex(@"^using Atrium\.Functions\.(?<folder>\w+);", RegexOptions.Multiline)]
    private static partial Regex Usings();

    [Theory]
    [InlineData("Events", "Subscriptions")]
    [InlineData("Events", "Deliveries")]
    [InlineData("Deliveries", "Subscriptions")]
    [InlineData("Deliveries", "Secrets")]
    [InlineData("Deliveries", "Signing")]
    [InlineData("Deliveries", "Egress")]
    [InlineData("Parking", "Jobs")]
    [InlineData("Deliveries", "Telemetry")]
    [InlineData("Subscriptions", "Secrets")]
    [InlineData("Subscriptions", "Egress")]
    [InlineData("Subscriptions", "Http")]
    [InlineData("Timers", "Operations")]
    public void The_arrows_that_are_there_are_seen(string from, string to) =>
        Assert.Contains((from, to), Folders.Arrows().Keys);

    [Fact]
    public void Nothing_is_public_that_need_not_be() =>
        Assert.Empty(OwnTypes.Where(type => type.IsVisible).Select(type => type.FullName));

    [Fact]
    public void Classes_are_sealed_or_bases_of_closed_families() => Assert.Empty(
        OwnTypes.Where(type => type is { IsClass: true, IsSealed: false } && !IsClosedFamily(type))
            .Select(type => type.FullName));

    // Not what the compiler makes of Program.cs, which is in no namespace, and what the worker's generators add.
    static IEnumerable<Type> OwnTypes => typeof(Functions.Events.FanOut).Assembly.GetTypes().Where(type =>
        type.Namespace?.StartsWith("Atrium.", StringComparison.Ordinal) == true
        && type.Namespace != Folders.Generated
        && !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        && type.DeclaringType?.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) != true);

    // An abstract record whose cases are nested in it.
    static bool IsClosedFamily(Type type) =>
        type.IsAbstract
            && type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).Any(nested => nested.BaseType == type);
}
