using System.Text.RegularExpressions;

namespace Atrium.Infra.Tests;

public sealed partial class DiagnosticsTests
{
    [Fact]
    public async Task The_template_builds_without_a_word() => Assert.NotEmpty(await Template.TextAsync());

    // `azd up` does it with its own, an older one.
    [Fact]
    public async Task The_template_builds_without_a_word_with_the_Bicep_that_azd_brings()
    {
        var environment = new Dictionary<string, string>
        {
            ["AZURE_ENV_NAME"] = "some",
            ["AZURE_LOCATION"] = "northeurope",
        };
        Assert.NotEmpty(await Bicep.RunAsync(Bicep.OfAzd, environment, "build-params", "main.bicepparam", "--stdout"));
    }

    // What is built is linted, and all that it names.
    [Fact]
    public void Every_file_is_named_by_the_template_or_by_what_it_names()
    {
        var named = new HashSet<string>();
        var next = new Stack<string>(
            Directory.GetFiles(Bicep.Folder, "main*.bicepparam").Select(file => Path.GetFileName(file)));
        while (next.TryPop(out var file))
        {
            if (named.Add(file))
            {
                var names = Naming().Matches(File.ReadAllText(Path.Combine(Bicep.Folder, file)));
                names.Select(match => match.Groups[1].Value).ToList().ForEach(next.Push);
            }
        }

        var all = Directory.GetFiles(Bicep.Folder, "*.bicep").Select(file => Path.GetFileName(file));
        Assert.Empty(all.Except(named));
    }

    [Fact]
    public async Task A_fault_for_the_linter_in_what_the_template_names_would_fail_these_tests()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Bicep.Folder, "probe")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "module.bicep"), "param nobodyReadsThis string\n");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "naming.bicep"),
            "module named 'module.bicep' = {\n  params: { nobodyReadsThis: 'some' }\n}\n");

        var failure = await Assert.ThrowsAnyAsync<Exception>(
            () => Bicep.RunAsync("build", "probe/naming.bicep", "--stdout"));

        Assert.Contains("module.bicep(1,7) : Error no-unused-params", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warning_would_fail_these_tests()
    {
        // In a folder of its own, which the others do not look into.
        var file = Path.Combine(
            Directory.CreateDirectory(Path.Combine(Bicep.Folder, "probe")).FullName, "unknown-version.bicep");
        await File.WriteAllTextAsync(
            file, "resource r 'Microsoft.ServiceBus/namespaces@2099-01-01' = {\n  name: 'some-name'\n}\n");

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => Bicep.RunAsync("build", file, "--stdout"));

        Assert.Contains("BCP081", failure.Message, StringComparison.Ordinal);
    }

    [GeneratedRegex("^(?:module \\w+|using|.*\\bfrom) '([^']+\\.bicep)'", RegexOptions.Multiline)]
    private static partial Regex Naming();
}
