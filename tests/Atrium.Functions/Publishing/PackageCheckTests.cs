using System.Diagnostics;

namespace Atrium.Functions.Tests.Publishing;

/// <summary>What .ci/check-package says of a published folder.</summary>
public sealed class PackageCheckTests : IDisposable
{
    static readonly string[] Needed =
    [
        "host.json", "functions.metadata", "worker.config.json", "Atrium.Functions.dll",
        ".azurefunctions/function.deps.json", ".azurefunctions/Microsoft.Azure.WebJobs.Extensions.ServiceBus.dll",
    ];

    readonly DirectoryInfo _package = Directory.CreateTempSubdirectory();

    [Fact]
    public async Task A_package_with_all_that_the_host_needs_is_taken() => Assert.Equal((0, ""), await CheckAsync(Needed));

    [Theory]
    [InlineData("host.json", "host.json")]
    [InlineData("functions.metadata", "functions.metadata")]
    [InlineData("worker.config.json", "worker.config.json")]
    [InlineData("Atrium.Functions.dll", "Atrium.Functions.dll")]
    [InlineData(".azurefunctions/function.deps.json", ".azurefunctions/function.deps.json")]
    [InlineData(".azurefunctions/Microsoft.Azure.WebJobs.Extensions.ServiceBus.dll", ".azurefunctions/*ServiceBus*.dll")]
    public async Task A_package_without_one_of_them_is_refused(string file, string named)
    {
        var (exitCode, complaint) = await CheckAsync(Needed.Except([file]));

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"{named} is missing", Assert.Single(complaint.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Atrium.Local.ServiceBus.dll")]
    [InlineData("local.settings.json")]
    public async Task A_package_with_what_is_for_one_machine_is_refused(string file)
    {
        var (exitCode, complaint) = await CheckAsync([.. Needed, file]);

        Assert.Equal(1, exitCode);
        Assert.Contains(file, complaint, StringComparison.Ordinal);
    }

    public void Dispose() => _package.Delete(recursive: true);

    async Task<(int ExitCode, string Complaint)> CheckAsync(IEnumerable<string> files)
    {
        foreach (var file in files.Select(file => new FileInfo(Path.Combine(_package.FullName, file))))
        {
            file.Directory!.Create();
            await file.Create().DisposeAsync();
        }

        using var check = Process.Start(
            new ProcessStartInfo("bash", [Path.Combine(AppContext.BaseDirectory, "check-package"), _package.FullName]) { RedirectStandardError = true })!;
        var complaint = await check.StandardError.ReadToEndAsync();
        await check.WaitForExitAsync();
        return (check.ExitCode, complaint);
    }
}
