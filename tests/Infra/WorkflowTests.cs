namespace Atrium.Infra.Tests;

/// <summary>What the workflows promise about the package and about where it goes.</summary>
public sealed class WorkflowTests
{
    [Fact]
    public async Task The_package_for_Azure_is_restored_by_a_lock_file_of_its_own()
    {
        const string file = "packages.azure.lock.json";
        var build = await TextAsync("workflows/azure-build.yml");

        Assert.Contains(
            $">$(MSBuildProjectDirectory)/{file}</NuGetLockFilePath>", await TextAsync("Directory.Build.props"),
            StringComparison.Ordinal);
        Assert.Contains($"LOCK: src/Atrium.Functions/{file}\n", build, StringComparison.Ordinal);
        // Before anything is built, and after it was published.
        var restored = build.IndexOf("--locked-mode", StringComparison.Ordinal);
        Assert.InRange(restored, 1, build.IndexOf("dotnet build", StringComparison.Ordinal));
        Assert.InRange(
            build.LastIndexOf("--locked-mode", StringComparison.Ordinal),
            build.IndexOf("dotnet publish", StringComparison.Ordinal), build.Length);
    }

    [Fact]
    public async Task Production_comes_after_development_and_each_waits_for_its_own_environment()
    {
        var deploy = await TextAsync("workflows/deploy.yml");

        Assert.Contains("[\"dev\", \"prod\"]", deploy, StringComparison.Ordinal);
        Assert.Contains("max-parallel: 1\n", deploy, StringComparison.Ordinal);
        Assert.Contains("environment: ${{ matrix.stage }}\n", deploy, StringComparison.Ordinal);
        // Of OpenID Connect a workflow holds no secret.
        Assert.DoesNotContain("secrets.", deploy, StringComparison.Ordinal);
    }

    static Task<string> TextAsync(string file) => File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, file));
}
