namespace Atrium.Local.Emulators;

/// <summary>
/// Keeps other processes, and others in this one, out of a folder until it is disposed or its process ends, however it
/// ends.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    // The system's lock of an open file, not the file's presence, is what counts: so the file stays where it is.
    readonly FileStream file;

    FolderLock(FileStream file) => this.file = file;

    /// <summary>
    /// Waits until nobody else holds the lock, or until <paramref name="patience"/> has passed: then the result is
    /// null.
    /// </summary>
    public static async Task<FolderLock?> AcquireAsync(
        string path, TimeSpan patience, TimeProvider clock, Action onWait, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var waited = false;
        while (true)
        {
            if (TryAcquire(path) is { } taken)
            {
                return taken;
            }

            if (clock.GetElapsedTime(began) >= patience)
            {
                return null;
            }

            if (!waited)
            {
                waited = true;
                onWait();
            }

            await Task.Delay(RetryInterval, clock, cancellationToken);
        }
    }

    /// <summary>Takes the lock unless somebody else holds it: then the result is null.</summary>
    public static FolderLock? TryAcquire(string path)
    {
        try
        {
            return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (exception
            is not (DirectoryNotFoundException or PathTooLongException or DriveNotFoundException))
        {
            return null;
        }
    }

    public void Dispose() => file.Dispose();
}
