namespace Atrium.Local.Emulators.Azurite;

/// <summary>How to run Azurite's table service.</summary>
public sealed record AzuriteEmulatorOptions
{
    /// <summary>
    /// The folder where Azurite is installed on first use, see <see cref="LocalState.Tools"/>. Any number of processes
    /// may share it, also while it is being installed.
    /// </summary>
    public required string ToolsFolder { get; init; }

    /// <summary>The folder for the tables. It is created when missing; one emulator at a time may use it.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The port on 127.0.0.1, 1 to 65535; 0, the default, takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>
    /// Where Node.js and npm are looked for, in the format of the variable PATH, which is the default.
    /// </summary>
    internal string SearchPath { get; init; } = Environment.GetEnvironmentVariable("PATH") ?? "";
}
