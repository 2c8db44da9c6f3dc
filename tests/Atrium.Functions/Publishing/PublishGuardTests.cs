namespace Atrium.Functions.Tests.Publishing;

/// <summary>The step of the build that runs after a publish and looks at what lies in its folder.</summary>
public sealed class PublishGuardTests : IDisposable
{
    readonly DirectoryInfo _package = Directory.CreateTempSubdirectory("atrium package ");

    public void Dispose() => _package.Delete(recursive: true);

    [Fact]
    public async Task A_package_that_names_the_service_bus_extension_passes()
    {
        Package.WriteExtensions(_package, Package.ServiceBus);
        Assert.Equal((0, ""), await PublishedAsync());
    }

    [Fact]
    public async Task A_package_that_names_other_extensions_only_is_refused()
    {
        Package.WriteExtensions(_package, Package.Other);
        await IsRefusedAsync();
    }

    [Fact]
    public Task A_package_that_names_no_extensions_is_refused() => IsRefusedAsync();

    [Theory]
    [InlineData("_IsPublishing=true", 0, "")]
    [InlineData("_IsPublishing=true;NoBuild=true", 1, "Publish without --no-build.")]
    [InlineData("FunctionsRuntime=Azure", 1, "Run `dotnet publish`.")]
    [InlineData("FunctionsRuntime=Local", 1, "Run `dotnet publish`.")]
    public async Task A_package_of_what_was_built_for_running_here_is_refused(
        string properties, int exitCode, string said)
    {
        var answer = await ProjectEvaluation.RunAsync(
            "-nologo", "-t:RefusePackageThatWasNotBuilt", $"-p:{properties}");
        Assert.Equal(exitCode, answer.ExitCode);
        Assert.Contains(said, answer.Output, StringComparison.Ordinal);
    }

    async Task IsRefusedAsync()
    {
        var (exitCode, output) = await PublishedAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains(
            "does not name the Service Bus extension, so on Azure no message would start a function",
            output,
            StringComparison.Ordinal);
    }

    Task<(int ExitCode, string Output)> PublishedAsync() =>
        ProjectEvaluation.RunAsync(
            "-nologo", "-t:RefusePackageWithoutServiceBus", $"-p:PublishDir={_package.FullName}/");
}
