using Atrium.Local.Emulators.Azurite;

namespace Atrium.Local.Emulators.Tests.Azurite;

/// <summary>
/// Has Azurite installed where all tests and programs of this clone look for it, for tests of programs that then say
/// nothing of it.
/// </summary>
public sealed class InstalledAzurite : IAsyncLifetime
{
    /// <summary>The folder of the installation.</summary>
    public static async Task<string> FolderAsync()
    {
        var node = await NodeJs.FindAsync(Environment.GetEnvironmentVariable("PATH")!, CancellationToken.None);
        return await new AzuriteInstallation(LocalState.Tools, _ => { }, TimeProvider.System)
            .EnsureAsync(node, CancellationToken.None);
    }

    public Task InitializeAsync() => FolderAsync();

    public Task DisposeAsync() => Task.CompletedTask;
}
