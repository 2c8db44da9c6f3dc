using Atrium.Functions.Jobs;
using Atrium.Functions.Storage;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.DeadLetters;

/// <summary>How complete the index of each queue is, and how far its rebuild. It lies beside the rows.</summary>
/// <remarks>All methods throw <see cref="RequestFailedException"/> when the table fails.</remarks>
internal sealed class IndexStates(TableServiceClient tables)
{
    // No tenant's name.
    const string StatePartition = "@index";

    readonly TableGateway _table = new(tables, DeadLetterIndex.TableName);

    /// <summary>
    /// All that was in the queue at this time is in the index; null when nothing was indexed yet. Ask before the rows
    /// are read: they can only have more.
    /// </summary>
    public async Task<DateTimeOffset?> IndexedAtAsync(JobSource source, CancellationToken cancellationToken) =>
        (await FindStateAsync(source, cancellationToken))?.IndexedAt;

    /// <summary>The state of the index of a queue; null when there is none.</summary>
    public async Task<IndexState?> FindStateAsync(JobSource source, CancellationToken cancellationToken) =>
        await _table.FindAsync(StatePartition, $"{source}", cancellationToken) is { } row
            ? IndexState.Of(source, row)
            : null;

    /// <summary>The state of the index of a queue, which begins if nobody has begun it.</summary>
    public async Task<IndexState> BeginAsync(JobSource source, CancellationToken cancellationToken)
    {
        if (await FindStateAsync(source, cancellationToken) is { } state)
        {
            return state;
        }

        await _table.TryAddAsync(IndexState.Begin(source).ToEntity(StatePartition), cancellationToken);
        return IndexState.Of(source, await _table.GetAsync(StatePartition, $"{source}", cancellationToken));
    }

    /// <summary>
    /// Notes that the index has the messages that were already deferred, whatever runs have noted since. If the table
    /// was lost meanwhile, this is not noted, and the next run walks again.
    /// </summary>
    /// <param name="state">The state as it was before the walk.</param>
    /// <returns>The new state; the given one when the table was lost.</returns>
    public async Task<IndexState> NoteWalkedAsync(IndexState state, CancellationToken cancellationToken) =>
        await ChangeAsync(state, now => now.Id == state.Id ? now with { IsWalked = true } : null, cancellationToken)
        ?? state;

    /// <summary>Notes that a run begins to receive messages, which it holds until it has ended.</summary>
    /// <param name="state">The state as it was read.</param>
    /// <param name="began">When it begins.</param>
    /// <returns>The new state.</returns>
    public async Task<IndexState> BeginRunAsync(
        IndexState state, DateTimeOffset began, CancellationToken cancellationToken) =>
        await ChangeAsync(state, now => now.Begun(began), cancellationToken)
        // The table was lost.
        ?? await BeginRunAsync(await BeginAsync(state.Source, cancellationToken), began, cancellationToken);

    /// <summary>Notes that a run has ended, and up to when the index is complete, if no other run holds
    /// anything.</summary>
    /// <param name="state">What was noted when it began.</param>
    /// <param name="began">When it began.</param>
    /// <param name="now">When it has ended.</param>
    /// <param name="until">The time up to which it has received all; null when it has not.</param>
    /// <returns>Whether no other run holds anything. When the table was lost meanwhile, nobody knows of one.</returns>
    public async Task<bool> EndRunAsync(
        IndexState state, DateTimeOffset began, DateTimeOffset now, DateTimeOffset? until,
        CancellationToken cancellationToken) =>
        await ChangeAsync(state, current => current.Ended(began, now, until), cancellationToken) is not { } ended
        || !ended.IsHeld(began, now);

    /// <summary>Writes the state.</summary>
    /// <returns>The new state; null when another was noted meanwhile, or the table was lost.</returns>
    public async Task<IndexState?> NoteAsync(IndexState state, CancellationToken cancellationToken) =>
        await _table.UpdateAsync(
            state.ToEntity(StatePartition), state.Version, TableUpdateMode.Replace, cancellationToken) is { } version
            ? state with { Version = version }
            : null;

    /// <summary>Takes up a walk of a queue that did not come to its end, or begins one.</summary>
    /// <param name="oldest">One that began before it is given up.</param>
    public async Task<IndexWalk> TakeUpWalkAsync(
        JobSource source, DateTimeOffset now, DateTimeOffset oldest, CancellationToken cancellationToken)
    {
        if (await _table.FindAsync(StatePartition, WalkOf(source), cancellationToken) is { } row
            && IndexWalk.Of(row) is { } unfinished && unfinished.Began >= oldest)
        {
            return unfinished;
        }

        var walk = new IndexWalk(now, 0, 0, null);
        await _table.UpsertAllAsync([walk.ToEntity(StatePartition, WalkOf(source))], cancellationToken);
        return IndexWalk.Of(await _table.GetAsync(StatePartition, WalkOf(source), cancellationToken)) ?? walk;
    }

    /// <summary>
    /// Notes how far a walk is; no more when somebody else has noted something, or when the table was lost: then what
    /// was walked is lost with it.
    /// </summary>
    public async Task<IndexWalk> NoteAsync(JobSource source, IndexWalk walk, CancellationToken cancellationToken) =>
        walk.Version is { } version
            ? walk with
            {
                Version = await _table.UpdateAsync(
                    walk.ToEntity(StatePartition, WalkOf(source)), version, TableUpdateMode.Replace,
                    cancellationToken),
            }
            : walk;

    /// <summary>Notes that a walk has come to its end.</summary>
    public Task EndWalkAsync(JobSource source, CancellationToken cancellationToken) =>
        _table.RemoveAllAsync(StatePartition, [WalkOf(source)], cancellationToken);

    // Null when there is nothing to change, or the table was lost.
    async Task<IndexState?> ChangeAsync(
        IndexState state, Func<IndexState, IndexState?> change, CancellationToken cancellationToken)
    {
        for (IndexState? current = state; current is not null && change(current) is { } changed;
            current = await FindStateAsync(state.Source, cancellationToken))
        {
            if (await NoteAsync(changed, cancellationToken) is { } noted)
            {
                return noted;
            }
        }

        return null;
    }

    static string WalkOf(JobSource source) => $"{source}|walk";
}
