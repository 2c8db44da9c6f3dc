using System.Net;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.DeadLetters;

/// <summary>
/// A look that showed nothing was taken for a proof that nothing was there. Service Bus answers so now and then.
/// </summary>
public sealed class EmptyLookTests : IDisposable
{
    readonly DeadLetterApi _api = new();

    FakeQueue Letters => _api.DeadDeliveries;

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_letter_that_somebody_has_locked_keeps_its_row_and_is_taken_later()
    {
        _api.PutDelivery(1);
        var asked = await _api.ReplayAsync(new { all = true });
        Letters.TakeDeferred([1]);
        Letters.ShowsNothingFrom = _ => true;
        await _api.Rig.RunNextAsync();
        Letters.ShowsNothingFrom = _ => false;

        Assert.Equal(["1"], DeadLetterApi.Numbers(await _api.ListAsync()));
        var job = await _api.EndAsync(asked);
        Assert.Equal((JobState.Succeeded, 1, 1), (job.State, job.Counts.Taken, job.Counts.Examined));
    }

    [Fact]
    public async Task The_row_of_the_last_letter_goes_when_nothing_is_shown_the_next_time_either()
    {
        _api.PutDelivery(1);
        var asked = await _api.ReplayAsync(new { all = true });
        RemoveFromQueue(1);
        await _api.Rig.RunNextAsync();
        Assert.Equal(["1"], DeadLetterApi.Numbers(await _api.ListAsync()));

        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Succeeded, 0), (job.State, job.Counts.Taken));
        Assert.Empty(DeadLetterApi.Numbers(await _api.ListAsync()));
    }

    [Fact]
    public async Task Of_letters_that_were_not_given_together_with_the_others_none_is_forgotten()
    {
        _api.PutDelivery(1).PutDelivery(2).PutDelivery(3);
        Letters.MostGiven = 2;

        var job = await _api.EndAsync(await _api.ReplayAsync(new { all = true }));

        Assert.Equal((JobState.Succeeded, 3), (job.State, job.Counts.Taken));
        Assert.Empty(Letters.Messages);
        Assert.Empty(DeadLetterApi.Numbers(await _api.ListAsync()));
    }

    [Fact]
    public async Task Letters_that_were_received_when_the_receiving_of_another_failed_are_free_at_once()
    {
        _api.PutDelivery(1).PutDelivery(2).PutDelivery(3);
        var asked = await _api.ReplayAsync(new { all = true });
        RemoveFromQueue(1);
        Letters.BeforeReceiveDeferred = number => number == 3
            ? throw new ServiceBusException("Busy.", ServiceBusFailureReason.ServiceBusy)
            : Task.CompletedTask;

        await _api.Rig.RunNextAsync();

        Assert.Equal([2, 3], Letters.Deferred());
        Assert.Equal(2, (await _api.EndAsync(asked)).Counts.Taken);
    }

    [Fact]
    public async Task A_job_for_one_letter_looks_again_later()
    {
        _api.PutDelivery(1);
        var asked = await _api.ReplayOneAsync("deliveries", 1);
        Letters.ShowsNothingFrom = _ => true;
        await _api.Rig.RunNextAsync();
        Letters.ShowsNothingFrom = _ => false;

        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Succeeded, 1, null), (job.State, job.Counts.Taken, job.Explanation));
    }

    [Fact]
    public async Task Who_asks_for_one_letter_is_not_told_at_once_that_there_is_none()
    {
        _api.PutDelivery(1);
        await _api.Rig.IndexAsync();
        var hidden = 0;
        Letters.ShowsNothingFrom = _ => hidden++ == 0;

        Assert.Equal(HttpStatusCode.OK, (await _api.GetAsync("deliveries", "1")).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_for_one_letter_that_is_gone_says_so(bool isLast)
    {
        _api.PutDelivery(1);
        if (!isLast)
        {
            _api.PutDelivery(2);
        }

        var asked = await _api.DiscardOneAsync("deliveries", 1);
        RemoveFromQueue(1);
        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Succeeded, 0), (job.State, job.Counts.Taken));
        Assert.StartsWith("The message was no longer there", job.Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_rebuild_does_not_take_it_for_the_end_of_the_queue(int looks)
    {
        _api.PutDelivery(1).PutDelivery(2);
        await _api.Rig.IndexAsync();
        _api.Rig.Tables.Table(DeadLetterIndex.TableName).Drop();
        var hidden = 0;
        Letters.ShowsNothingFrom = from => from == 0 && hidden++ < looks;

        Assert.Equal(["2", "1"], DeadLetterApi.Numbers(await _api.ListAsync()));
    }

    [Fact]
    public async Task A_rebuild_looks_again_before_it_removes_a_row()
    {
        _api.PutDelivery(1);
        await _api.Rig.IndexAsync();
        _api.Rig.Time.Advance(TimeSpan.FromSeconds(1));
        var hidden = 0;
        Letters.ShowsNothingFrom = from => from == 0 || (from == 1 && hidden++ == 0);

        await _api.Rig.Get<IndexRebuild>().WalkAsync(JobSource.DeliveriesDeadLetters, default);

        Assert.Equal(["1"], DeadLetterApi.Numbers(await _api.ListAsync()));
    }

    void RemoveFromQueue(long number) =>
        Letters.Settle("complete", Assert.Single(Letters.TakeDeferred([number])));
}
