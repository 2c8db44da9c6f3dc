using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Faults;

/// <summary>Calls by which timers note how far they are, and what they need not look at any more.</summary>
static class MarkOperations
{
    const JobSource Parked = JobSource.Parked;

    public static readonly IReadOnlyDictionary<string, StoreOperation> All = new Dictionary<string, StoreOperation>
    {
        ["note that a job has ended"] = new(
            async (it, token) =>
            {
                await it.Jobs.NoteEndedAsync(it.Mark, Some.Time, token);
                return true;
            },
            async it => Assert.Equal((0, 1), await it.MarksAsync()),
            it => it.StartJobAsync()),
        ["forget a job"] = new(
            async (it, token) =>
            {
                await it.Jobs.ForgetAsync(it.Mark, token);
                return true;
            },
            async it => Assert.Equal((0, 0), await it.MarksAsync()),
            it => it.StartJobAsync()),
        ["free a job's key"] = new(
            async (it, token) =>
            {
                await it.Jobs.FreeKeyAsync(it.Tenant, it.Job.KeyRow!, token);
                return await it.KeyOfJobAsync(token) is null;
            },
            async it => Assert.Null(await it.KeyOfJobAsync(default)),
            it => it.SpoilKeyOfJobAsync()),
        ["forget that something is parked"] = new(
            async (it, token) =>
            {
                if (await MarkAsync(it, token) is { } mark)
                {
                    await it.Index.ForgetAsync(mark, token);
                }

                return await MarkAsync(it, token) is null;
            },
            async it => Assert.Null(await MarkAsync(it, default)),
            it => it.Index.AddAsync(Parked, [it.Letter], Some.Time, default)),
        ["take up a walk"] = new(
            async (it, token) =>
                await it.States.TakeUpWalkAsync(Parked, Some.Time, Some.Time, token) is { Version: not null },
            async it => Assert.Equal((Some.Time, 0L), await WalkAsync(it)),
            it => it.States.EndWalkAsync(Parked, default)),
        ["note how far a walk is"] = new(
            async (it, token) =>
            {
                var walk = await it.States.TakeUpWalkAsync(Parked, Some.Time, Some.Time, token);
                return (await it.States.NoteAsync(Parked, walk with { From = 7 }, token)).Version is not null;
            },
            async it => Assert.Equal((Some.Time, 7L), await WalkAsync(it)),
            it => it.States.EndWalkAsync(Parked, default)),
        ["end a walk"] = new(
            async (it, token) =>
            {
                await it.States.EndWalkAsync(Parked, token);
                return true;
            },
            async it => Assert.Equal((Some.Time.AddDays(1), 0L), await WalkAsync(it)),
            it => it.States.TakeUpWalkAsync(Parked, Some.Time, Some.Time, default)),
    };

    static async Task<ParkedMark?> MarkAsync(StoreCase it, CancellationToken cancellationToken) =>
        await it.Index.ParkedAsync(cancellationToken)
            .FirstOrDefaultAsync(mark => mark.Tenant == it.Tenant, cancellationToken);

    // As one finds it who comes a day later.
    static async Task<(DateTimeOffset Began, long From)> WalkAsync(StoreCase it)
    {
        var walk = await it.States.TakeUpWalkAsync(Parked, Some.Time.AddDays(1), Some.Time, default);
        return (walk.Began, walk.From);
    }
}
