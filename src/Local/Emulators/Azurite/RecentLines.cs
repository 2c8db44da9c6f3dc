namespace Atrium.Local.Emulators.Azurite;

/// <summary>The last lines that a process wrote, to be shown when it ends unexpectedly.</summary>
internal sealed class RecentLines
{
    // Enough for the message and the top of a stack trace.
    const int Capacity = 12;

    readonly Queue<string> lines = new();

    public void Add(string line)
    {
        lock (lines)
        {
            if (lines.Count == Capacity)
            {
                lines.Dequeue();
            }

            lines.Enqueue(line);
        }
    }

    public override string ToString()
    {
        lock (lines)
        {
            return lines.Count == 0 ? "nothing" : string.Join(Environment.NewLine, lines);
        }
    }
}
