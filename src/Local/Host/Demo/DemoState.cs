using Atrium.Local.Emulators;

namespace Atrium.Local.Host.Demo;

/// <summary>
/// The demo's own folder, emptied each time: it never touches what the app has stored, and duplicate detection
/// remembers nothing.
/// </summary>
internal static class DemoState
{
    // Only a folder that a demo made is emptied.
    const string Mark = ".demo";

    public static void Reset(string folder)
    {
        var mark = Path.Combine(folder, Mark);
        if (File.Exists(mark))
        {
            Directory.Delete(folder, recursive: true);
        }
        else if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new EmulatorStartException(
                $"The demo empties its folder, and {folder} holds what no demo has made: "
                + "name an empty one with --state, or none.");
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(mark, "");
    }
}
