namespace Atrium.Local.Emulators;

/// <summary>Folders and files that only the user who runs the emulators may read.</summary>
internal static class PrivateFiles
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            // Windows gives what lies in a user's folders to that user only.
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Creates the file, empty, or takes one that exists from the eyes of others. Writes keep that.</summary>
    public static void CreateEmpty(string path)
    {
        // Not opened when it exists: to close it would end the locks that SQLite has on it in this process.
        if (!File.Exists(path))
        {
            Open(path, FileMode.OpenOrCreate).Dispose();
        }
        else if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }
    }

    /// <summary>All or nothing: a process that dies half-way leaves the old file, or none.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var unfinished = $"{path}.{Environment.ProcessId}.tmp";
        using (var file = Open(unfinished, FileMode.Create))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
    }

    static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(path, options);
    }
}
