using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Atrium.Functions.Tests.Publishing;

/// <summary>Whether what runs here is what Microsoft publishes.</summary>
public sealed partial class GenuinePackagesTests
{
    const string StandIn = "src/Local/Worker.Extensions.ServiceBus/";

    static readonly string Root =
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ProjectEvaluation.App)!, "../.."));

    [Theory]
    [InlineData("Azure.Messaging.ServiceBus")]
    [InlineData("Microsoft.Azure.Amqp")]
    [InlineData("Microsoft.Azure.Functions.Worker")]
    [InlineData("Microsoft.Azure.Functions.Worker.Core")]
    [InlineData("Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore")]
    [InlineData("Microsoft.Azure.Functions.Worker.Extensions.Timer")]
    [InlineData("Microsoft.Azure.Functions.Worker.Grpc")]
    [InlineData("Microsoft.Azure.Functions.Worker.OpenTelemetry")]
    public async Task What_runs_here_has_the_genuine_package_in_the_version_that_is_asked_for(string package)
    {
        await using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Atrium.Functions.deps.json"));
        var libraries = (await JsonDocument.ParseAsync(file)).RootElement.GetProperty("libraries");
        var library = libraries.GetProperty($"{package}/{VersionOf(package)}");
        Assert.Equal("package", library.GetProperty("type").GetString());
        Assert.StartsWith("sha512-", library.GetProperty("sha512").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_source_but_the_one_stand_ins_declares_a_type_of_theirs() =>
        Assert.DoesNotContain(
            Sources(), source => !source.StartsWith(StandIn, StringComparison.Ordinal) && DeclaresTheirs(source));

    [Fact]
    public void Those_of_the_stand_in_are_seen() =>
        Assert.Contains(
            Sources(), source => source.StartsWith(StandIn, StringComparison.Ordinal) && DeclaresTheirs(source));

    static string VersionOf(string package) => XDocument.Load(Path.Combine(Root, "Directory.Packages.props"))
        .Descendants("PackageVersion")
        .Single(version => version.Attribute("Include")!.Value == package)
        .Attribute("Version")!.Value;

    static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'));

    static bool DeclaresTheirs(string source) => TheirNamespace().IsMatch(File.ReadAllText(Path.Combine(Root, source)));

    [GeneratedRegex(
        @"^\s*namespace\s+(Azure\.Messaging\.ServiceBus|Microsoft\.Azure\.Functions\.Worker)\b",
        RegexOptions.Multiline)]
    private static partial Regex TheirNamespace();
}
