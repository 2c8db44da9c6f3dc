namespace Atrium.Infra.Tests;

public sealed class DiagnosticsTests
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

    [Fact]
    public async Task Every_file_lints_without_a_word() =>
        Assert.Empty(await Bicep.RunAsync("lint", "--pattern", "./*.bicep"));

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
}
