namespace Atrium.Functions.Tests.Fakes;

/// <summary>What was done to the outside, by whichever fake, in order.</summary>
sealed class Journal
{
    readonly Lock _gate = new();
    readonly List<string> _entries = [];

    public IReadOnlyList<string> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries];
            }
        }
    }

    public void Add(string entry)
    {
        lock (_gate)
        {
            _entries.Add(entry);
        }
    }
}
