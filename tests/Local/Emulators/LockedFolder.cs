namespace Atrium.Processes;

/// <summary>A folder in which nobody may make anything.</summary>
sealed class LockedFolder : IDisposable
{
    readonly string? made;

    public LockedFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("Windows locks folders in a way of its own.");
        }

        // Root, as whom containers run tests, may write whatever the mode says; but into the kernel's own folder not
        // even root may.
        if (OperatingSystem.IsLinux())
        {
            Path = "/sys";
            return;
        }

        Path = made = Directory.CreateTempSubdirectory("atrium-locked-").FullName;
        File.SetUnixFileMode(made, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public string Path { get; }

    public void Dispose()
    {
        if (made is not null)
        {
            Directory.Delete(made);
        }
    }
}
