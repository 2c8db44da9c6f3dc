using System.Text.Json.Serialization;

namespace Atrium.Functions.Jobs;

/// <summary>What a job has done with messages.</summary>
/// <param name="Taken">Acted upon: replayed, discarded, sent on. What was done in the second before a crash may be missing here.</param>
/// <param name="PassedOver">The tenant's own that were locked on the way and left as they were; the most in one step, since each step comes by them again.</param>
/// <param name="Skipped">Chosen, but nothing can be done with them: left as they were.</param>
internal sealed record JobCounts(int Taken, int PassedOver, int Skipped)
{
    /// <summary>So many of those that were skipped are named; more than a person would look at one by one.</summary>
    public const int MostNamed = 10;

    public static readonly JobCounts None = new(0, 0, 0);

    /// <summary>The sequence numbers of the first that were skipped, by which each can be looked at or discarded.</summary>
    public IReadOnlyList<string> FirstSkipped { get; init; } = [];

    /// <summary>
    /// The tenant's own that were looked at and stay, those skipped among them; not counted for a job of one message.
    /// </summary>
    [JsonIgnore]
    public int Staying { get; init; }

    /// <summary>The tenant's own that were looked at, each once.</summary>
    public int Examined => Taken + Staying;

    /// <summary>With what was done since.</summary>
    public JobCounts With(JobCounts more) =>
        new(Taken + more.Taken, Math.Max(PassedOver, more.PassedOver), Skipped + more.Skipped)
        {
            FirstSkipped = [.. FirstSkipped.Concat(more.FirstSkipped).Take(MostNamed)],
            Staying = Staying + more.Staying,
        };
}
