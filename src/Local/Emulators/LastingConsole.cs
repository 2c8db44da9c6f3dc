using System.Text;

namespace Atrium.Local.Emulators;

/// <summary>
/// What a process writes to while its console may end before it does: a terminal is closed, or a file's disk is full.
/// What cannot be written is lost, and nothing fails for it. Otherwise whatever happens to print would seem to fail.
/// </summary>
internal sealed class LastingConsole(TextWriter console) : TextWriter
{
    public override Encoding Encoding => console.Encoding;

    /// <summary>Has the process write to its console in this way. It comes before the first line.</summary>
    public static void Use()
    {
        Console.SetOut(new LastingConsole(Console.Out));
        Console.SetError(new LastingConsole(Console.Error));
    }

    public override void Write(char value) => Try(() => console.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => console.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => console.Write(value));

    // As one piece: others may write to the same file.
    public override void WriteLine(string? value) => Try(() => console.WriteLine(value));

    static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception lost) when (lost is IOException or UnauthorizedAccessException)
        {
            // There is nowhere to say so.
        }
    }
}
