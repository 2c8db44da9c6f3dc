namespace Atrium.Local.Emulators.Tests;

/// <summary>A folder of one test, gone when it ends.</summary>
public sealed class StateFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("atrium-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
