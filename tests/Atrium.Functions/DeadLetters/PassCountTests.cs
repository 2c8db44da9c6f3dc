using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.DeadLetters;

/// <summary>What a job tells that came by some messages more than once, because they were locked at first.</summary>
public sealed class PassCountTests : IDisposable
{
    readonly DeadLetterApi _api = new();

    FakeQueue Letters => _api.DeadDeliveries;

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task One_letter_alone_is_examined_once()
    {
        _api.PutDelivery(1);
        var asked = await _api.ReplayOneAsync("deliveries", 1);
        Letters.TakeDeferred([1]);

        var job = await _api.EndAsync(asked);

        Assert.Equal((1, 1), (job.Counts.Taken, job.Counts.Examined));
    }

    [Fact]
    public async Task What_cannot_be_read_is_skipped_though_it_was_locked_at_first()
    {
        PutUnreadable();
        var asked = await _api.ReplayAsync(new { all = true });
        Letters.TakeDeferred([1]);

        var job = await _api.EndAsync(asked);

        Assert.Equal((0, 1, 1), (job.Counts.Taken, job.Counts.Skipped, job.Counts.Examined));
        Assert.Equal(["1"], job.Counts.FirstSkipped);
    }

    [Fact]
    public async Task What_cannot_be_read_is_skipped_once_though_another_was_locked()
    {
        PutUnreadable();
        _api.PutDelivery(2);
        var asked = await _api.ReplayAsync(new { all = true });
        Letters.TakeDeferred([2]);

        var job = await _api.EndAsync(asked);

        Assert.Equal((1, 1, 2), (job.Counts.Taken, job.Counts.Skipped, job.Counts.Examined));
        Assert.Equal(["1"], job.Counts.FirstSkipped);
    }

    [Fact]
    public async Task Each_that_cannot_be_read_is_named_once_though_another_of_them_was_locked()
    {
        PutUnreadable();
        PutUnreadable();
        var asked = await _api.ReplayAsync(new { all = true });
        Letters.TakeDeferred([2]);

        var job = await _api.EndAsync(asked);

        Assert.Equal((0, 2), (job.Counts.Taken, job.Counts.Skipped));
        Assert.Equal(["1", "2"], job.Counts.FirstSkipped);
    }

    [Fact]
    public async Task What_stayed_in_one_queue_is_still_told_after_another_was_gone_through_twice()
    {
        _api.PutEvent("{}").PutDelivery(1).PutDelivery(2);
        Letters.BeforeReceiveDeferred = number =>
        {
            if (number == 0)
            {
                Letters.TakeDeferred([1]);
            }

            return Task.CompletedTask;
        };

        // Both deliveries are of hers, and the event is not.
        var job = await _api.EndAsync(await _api.EraseAsync(new { email = "jane.smith@example.com" }));

        Assert.Equal((JobState.Succeeded, 2, 3), (job.State, job.Counts.Taken, job.Counts.Examined));
    }

    [Fact]
    public async Task More_letters_than_a_step_takes_that_stay_locked_end_the_job()
    {
        for (var number = 1; number <= DeadLetterIndex.BatchSize + 1; number++)
        {
            _api.PutDelivery(number);
        }

        var asked = await _api.ReplayAsync(new { all = true });
        Letters.BeforeReceiveDeferred = _ =>
        {
            _api.Rig.Time.Advance(TimeSpan.FromSeconds(1));
            if (Letters.Deferred() is { Count: > 0 } free)
            {
                Letters.TakeDeferred(free);
            }

            return Task.CompletedTask;
        };

        var job = await _api.EndAsync(asked);

        Assert.Equal((JobState.Failed, 0), (job.State, job.Counts.Taken));
        Assert.Contains("locked by somebody else", job.Explanation, StringComparison.Ordinal);
    }

    void PutUnreadable() => Letters.Put(
        new ServiceBusMessage("?") { ApplicationProperties = { ["version"] = 99, ["tenant"] = Some.Tenant } },
        Some.Time);
}
