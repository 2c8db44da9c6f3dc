using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.DeadLetters;

/// <summary>A step that two do at once, because the watch sent it again although its message only waited.</summary>
public sealed class SharedStepTests : IDisposable
{
    readonly DeadLetterApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_letter_that_cannot_be_read_is_counted_once()
    {
        var unreadable = DeadLetterApi.Failed();
        unreadable.ApplicationProperties["version"] = 99;
        _api.DeadDeliveries.Put(unreadable, Some.Time, DeadLetterReason.InvalidDelivery);
        for (var number = 2; number <= 2 * DeadLetterIndex.BatchSize; number++)
        {
            _api.PutDelivery(number);
        }

        var job = await ReplayTwiceAsync(whenBehind: () => { });

        Assert.Equal(
            (JobState.Succeeded, 2 * DeadLetterIndex.BatchSize - 1, 1),
            (job.State, job.Counts.Taken, job.Counts.Skipped));
    }

    [Fact]
    public async Task A_mistake_of_the_one_that_is_behind_does_not_end_the_job()
    {
        for (var number = 1; number <= 2 * DeadLetterIndex.BatchSize; number++)
        {
            _api.PutDelivery(number);
        }

        var job = await ReplayTwiceAsync(whenBehind: () => throw new InvalidOperationException("A mistake."));

        Assert.Equal((JobState.Succeeded, 2 * DeadLetterIndex.BatchSize), (job.State, job.Counts.Taken));
    }

    // Of two who do its step, the second is held before its first page until the first has recorded its own.
    async Task<Job> ReplayTwiceAsync(Action whenBehind)
    {
        var asked = await _api.ReplayAsync(new { all = true });
        var step = _api.Rig.Messages.Sent[^1];
        Task? second = null;
        var (hasBegun, isHeld) = (new TaskCompletionSource(), new TaskCompletionSource());
        _api.DeadDeliveries.BeforeReceiveDeferred = async number =>
        {
            switch (number)
            {
                case 0:
                    second = _api.Rig.RunAsync(step);
                    await hasBegun.Task;
                    _api.Rig.Time.Advance(2 * IndexedWork.ProgressInterval);
                    break;
                case 1:
                    hasBegun.SetResult();
                    await isHeld.Task;
                    whenBehind();
                    break;
                // The first has recorded its first page.
                case 2:
                    isHeld.SetResult();
                    await second!;
                    break;
            }
        };

        var job = await _api.EndAsync(asked);

        Assert.True(second?.IsCompletedSuccessfully);
        return job;
    }
}
