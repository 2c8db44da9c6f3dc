using System.Diagnostics;
using Azure.Storage.Blobs;

namespace Atrium.Functions.Tests.Fakes.Contracts;

/// <summary>Azurite's blobs, in memory, in a process of their own, of the packages of its tables.</summary>
sealed class RunningBlobs : IAsyncDisposable
{
    readonly Process _process;
    string? _port;

    RunningBlobs(Process process) => _process = process;

    public static async Task<RunningBlobs> StartAsync(RunningAzurite azurite)
    {
        var process = Process.Start(new ProcessStartInfo(
            "node", [Path.Combine(AppContext.BaseDirectory, "blobs.cjs"), azurite.Installation])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        return new(process) { _port = await process.StandardOutput.ReadLineAsync() };
    }

    public BlobContainerClient Container(string name, BlobClientOptions? options = null) => new(
        "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey="
            + "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;"
            + $"BlobEndpoint=http://127.0.0.1:{_port}/devstoreaccount1;",
        name, options);

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
