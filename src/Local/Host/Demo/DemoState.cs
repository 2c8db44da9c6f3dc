using Atrium.Local.Emulators;

namespace Atrium.Local.Host.Demo;

/// <summary>
/// The demo's own folder, emptied each time: it never touches what the app has stored, and duplicate detection
/// remembers nothing. What a killed demo has started may still write for a moment, so each has a new folder below it.
/// </summary>
internal sealed class DemoState : IDisposable
{
    // Only a folder that a demo made is emptied, and only while no other demo has this file locked.
    const string Mark = ".demo";

    readonly FolderLock _lock;

    DemoState(FolderLock held, string folder) => (_lock, Folder) = (held, folder);

    /// <summary>Where this demo keeps its data.</summary>
    public string Folder { get; }

    /// <summary>Empties the folder, and keeps other demos out of it until it is disposed.</summary>
    /// <exception cref="EmulatorStartException">It is not a demo's, another demo runs in it, or it cannot be
    /// written.</exception>
    public static DemoState Take(string folder)
    {
        try
        {
            var mark = Path.Combine(folder, Mark);
            if (!File.Exists(mark) && Directory.EnumerateFileSystemEntries(folder).Any())
            {
                throw new EmulatorStartException(
                    $"The demo empties its folder, and {folder} holds what no demo has made: "
                    + "name an empty one with --state, or none.");
            }

            var held = FolderLock.TryAcquire(mark) ?? throw new EmulatorStartException(
                $"Another demo runs in {folder}: wait for its end, or name an empty folder with --state.");
            try
            {
                Empty(folder);
                return new(held, Directory.CreateDirectory(Path.Combine(folder, $"{Guid.NewGuid():N}")).FullName);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            throw new EmulatorStartException(
                $"The demo cannot use its folder {folder}: {unusable.Message} Make it a folder that you may write to, "
                + "or name an empty one with --state.",
                unusable);
        }
    }

    public void Dispose() => _lock.Dispose();

    static void Empty(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            try
            {
                if (entry is DirectoryInfo directory)
                {
                    directory.Delete(recursive: true);
                }
                else if (entry.Name != Mark)
                {
                    entry.Delete();
                }
            }
            catch (Exception inUse) when (inUse is IOException or UnauthorizedAccessException)
            {
                // What a killed demo has started may still write there. It costs some space until the next demo.
            }
        }
    }
}
