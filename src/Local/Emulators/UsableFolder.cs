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
            Directory.CreateDirectory(path);
            using var probe = new FileStream(
                Path.Combine(path, $".{Guid.NewGuid():N}.tmp"), FileMode.CreateNew, FileAccess.Write, FileShare.None,
                bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EmulatorStartException(
                $"The state folder {path} cannot be used ({exception.Message.TrimEnd('.')}): make it a folder that you "
                    + "may write to, or name another one with --state.",
                exception);
        }
    }
}
