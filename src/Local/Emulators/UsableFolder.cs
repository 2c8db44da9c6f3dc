namespace Atrium.Local.Emulators;

/// <summary>A folder for state, seen to be usable before anything is started in it.</summary>
public static class UsableFolder
{
    /// <summary>Makes the folder unless it is there, and a file in it for a moment.</summary>
    /// <param name="path">Where it is to be.</param>
    /// <exception cref="EmulatorStartException">It cannot be made, or nothing in it; the message says why, and how to
    /// choose another.</exception>
    public static void Make(string path)
    {
        try
        {
            PrivateFiles.CreateFolder(path);
            using var probe = new FileStream(
                Path.Combine(path, $".{Guid.NewGuid():N}.tmp"), FileMode.CreateNew, FileAccess.Write, FileShare.None,
                bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, exception);
        }
    }

    /// <summary>Keeps other processes of the same kind out of a folder that was made.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="name">The file by which the kind does it.</param>
    /// <returns>What keeps them out until it is disposed; null when another process has the folder.</returns>
    /// <exception cref="EmulatorStartException">The file cannot be opened.</exception>
    internal static FolderLock? Lock(string path, string name)
    {
        try
        {
            return FolderLock.TryAcquire(Path.Combine(path, name));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, exception);
        }
    }

    static EmulatorStartException Unusable(string path, Exception cause) => new(
        $"The state folder {path} cannot be used ({cause.Message.TrimEnd('.')}): make it a folder that you may write "
            + "to, or name another one with --state.",
        cause);
}
