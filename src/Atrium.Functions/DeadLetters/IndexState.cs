using System.Globalization;
using Atrium.Functions.Jobs;
using Atrium.Functions.Storage;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.DeadLetters;

/// <summary>The state of the index of a queue.</summary>
/// <param name="Source">The queue.</param>
/// <param name="IsWalked">Whether it has the messages that were already deferred when the table was made.</param>
/// <param name="IndexedAt">The time up to which it is complete; null when it never was.</param>
/// <param name="Version">The version of the row.</param>
internal sealed record IndexState(JobSource Source, bool IsWalked, DateTimeOffset? IndexedAt, ETag Version)
{
    const string IndexedAtColumn = "UpToDateAt";

    /// <summary>
    /// Another when the table was lost and the index began anew; null in a row of a version that had none.
    /// </summary>
    public string? Id { get; private init; }

    /// <summary>When each run began that has not ended; maybe it never will, because its process died.</summary>
    public IReadOnlyList<DateTimeOffset> Runs { get; init; } = [];

    /// <summary>The state of an index that has nothing yet.</summary>
    public static IndexState Begin(JobSource source) => new(source, false, null, default)
    {
        Id = $"{Guid.NewGuid():N}",
    };

    /// <summary>With a run that begins.</summary>
    /// <param name="began">When it does.</param>
    public IndexState Begun(DateTimeOffset began) => this with
    {
        Runs = [.. Runs.Where(run => MayHold(run, began, began)), began],
    };

    /// <summary>Without a run that has ended.</summary>
    /// <param name="began">When it began.</param>
    /// <param name="now">When it has ended.</param>
    /// <param name="until">The time up to which it has received all; null when it has not.</param>
    public IndexState Ended(DateTimeOffset began, DateTimeOffset now, DateTimeOffset? until)
    {
        var runs = Runs.ToList();
        runs.Remove(began);
        var without = this with { Runs = runs };
        return IsWalked && until > (IndexedAt ?? DateTimeOffset.MinValue) && !without.IsHeld(began, now)
            ? without with { IndexedAt = until }
            : without;
    }

    /// <summary>Whether a run may hold messages that have no row yet.</summary>
    /// <param name="began">When the run began that asks.</param>
    public bool IsHeld(DateTimeOffset began, DateTimeOffset now) => Runs.Any(run => MayHold(run, began, now));

    // What a run held that began long before is free again, whatever became of it. One of the future was noted before
    // a clock was set back.
    static bool MayHold(DateTimeOffset run, DateTimeOffset began, DateTimeOffset now) =>
        run > began - Indexing.LongestHold && run <= now + JobStarter.ClockSkew;

    public TableEntity ToEntity(string partition) => new TableEntity(partition, $"{Source}")
    {
        [nameof(Id)] = Id,
        [nameof(IsWalked)] = IsWalked,
        [IndexedAtColumn] = IndexedAt,
        [nameof(Runs)] = Runs.Count == 0 ? null : string.Join(' ', Runs.Select(run => run.UtcTicks)),
    }.WithoutNulls();

    public static IndexState Of(JobSource source, TableEntity row) => new(
        source, row.Value<bool>(nameof(IsWalked)) ?? false, row.Value<DateTimeOffset>(IndexedAtColumn), row.ETag)
    {
        Id = row.Text(nameof(Id)),
        Runs = [.. (row.Text(nameof(Runs)) ?? "").Split(' ').Select(TimeOf).OfType<DateTimeOffset>()],
    };

    static DateTimeOffset? TimeOf(string ticks) =>
        long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
        && time <= DateTimeOffset.MaxValue.Ticks
            ? new DateTimeOffset(time, TimeSpan.Zero)
            : null;
}

/// <summary>How far a walk of a queue is.</summary>
/// <param name="Began">When it began: rows that nobody has seen since point to nothing in the end.</param>
/// <param name="From">The number from which it goes on.</param>
/// <param name="Seen">How many messages it has looked at.</param>
/// <param name="Version">The version of the row; null when the row is no longer this walk's.</param>
internal sealed record IndexWalk(DateTimeOffset Began, long From, int Seen, ETag? Version)
{
    public TableEntity ToEntity(string partition, string key) => new(partition, key)
    {
        [nameof(Began)] = Began,
        [nameof(From)] = From,
        [nameof(Seen)] = Seen,
    };

    /// <returns>Null when the row cannot be read: a walk begins anew.</returns>
    public static IndexWalk? Of(TableEntity row) =>
        row.Value<DateTimeOffset>(nameof(Began)) is { } began && row.Value<long>(nameof(From)) is >= 0 and var from
            && row.Value<int>(nameof(Seen)) is >= 0 and var seen
            ? new(began, from, seen, row.ETag)
            : null;
}
