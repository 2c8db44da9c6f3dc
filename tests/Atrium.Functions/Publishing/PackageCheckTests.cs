using System.Diagnostics;

namespace Atrium.Functions.Tests.Publishing;

/// <summary>What .ci/check-package says of a published folder.</summary>
public sealed class PackageCheckTests : IDisposable
{
    const string App = "Atrium.Functions.dll";
    const string WorkerExtension = "Microsoft.Azure.Functions.Worker.Extensions.ServiceBus.dll";
    const string HostExtension = ".azurefunctions/Microsoft.Azure.WebJobs.Extensions.ServiceBus.dll";

    static readonly string[] Needed =
    [
        "host.json", "functions.metadata", "worker.config.json", App, WorkerExtension,
        ".azurefunctions/function.deps.json", HostExtension,
    ];

    readonly DirectoryInfo _package = Directory.CreateTempSubdirectory("atrium package ");

    public PackageCheckTests()
    {
        foreach (var file in Needed)
        {
            Write(file);
        }

        Package.WriteExtensions(_package, Package.Other, Package.ServiceBus);
    }

    public void Dispose() => _package.Delete(recursive: true);

    [Fact]
    public async Task A_package_with_all_that_the_host_needs_is_taken() => Assert.Equal((0, ""), await CheckAsync());

    [Theory]
    [InlineData("host.json")]
    [InlineData("functions.metadata")]
    [InlineData("worker.config.json")]
    [InlineData(App)]
    [InlineData(WorkerExtension)]
    [InlineData("extensions.json")]
    [InlineData(".azurefunctions/function.deps.json")]
    [InlineData(HostExtension)]
    public async Task A_package_without_one_of_them_is_refused(string file)
    {
        File.Delete(Path.Combine(_package.FullName, file));

        var complaint = await RefusedAsync();
        var line = Assert.Single(complaint.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"{file} is missing", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_whose_list_of_extensions_lacks_service_bus_is_refused()
    {
        Package.WriteExtensions(_package, Package.Other);
        Assert.Contains(
            "extensions.json does not name the Service Bus extension", await RefusedAsync(), StringComparison.Ordinal);
    }

    // The two that were built for this machine, as these tests run on them: their names are those of the genuine ones.
    [Theory]
    [InlineData(WorkerExtension)]
    [InlineData(App)]
    public async Task A_package_with_a_library_that_has_parts_for_one_machine_is_refused(string file)
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, file), Path.Combine(_package.FullName, file), overwrite: true);
        Assert.Contains(file, await RefusedAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Atrium.Local.Host.dll")]
    [InlineData("local.settings.json")]
    [InlineData("local.settings.sample.json")]
    public async Task A_package_with_a_file_that_is_for_one_machine_is_refused(string file)
    {
        Write(file);
        Assert.Contains(file, await RefusedAsync(), StringComparison.Ordinal);
    }

    void Write(string file)
    {
        var path = Path.Combine(_package.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
    }

    async Task<string> RefusedAsync()
    {
        var (exitCode, complaint) = await CheckAsync();
        Assert.Equal(1, exitCode);
        return complaint;
    }

    async Task<(int ExitCode, string Complaint)> CheckAsync()
    {
        using var check = Process.Start(
            new ProcessStartInfo("bash", [Path.Combine(AppContext.BaseDirectory, "check-package"), _package.FullName])
            {
                RedirectStandardError = true,
            })!;
        var complaint = await check.StandardError.ReadToEndAsync();
        await check.WaitForExitAsync();
        return (check.ExitCode, complaint);
    }
}
