using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.DeadLetters;

/// <summary>Up to when the index says that it is whole.</summary>
public sealed class IndexedAtTests : IDisposable
{
    readonly DeadLetterApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Each_queue_says_for_itself_up_to_when_it_is_listed()
    {
        var first = _api.Rig.Time.GetUtcNow();
        await _api.Rig.IndexAsync();
        _api.Rig.Time.Advance(TimeSpan.FromMinutes(1));
        _api.DeadDeliveries.Fault = call =>
            call == "receive" ? new ServiceBusException("Busy.", ServiceBusFailureReason.ServiceBusy) : null;
        await Assert.ThrowsAsync<AggregateException>(_api.Rig.IndexAsync);

        var index = _api.Rig.Get<DeadLetterIndex>();
        Assert.Equal(first, await index.UpToDateAtAsync(JobSource.DeliveriesDeadLetters, default));
        Assert.Equal(
            _api.Rig.Time.GetUtcNow(), await index.UpToDateAtAsync(JobSource.VisitorEventsDeadLetters, default));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_queue_to_which_letters_come_all_the_time_says_up_to_when_it_is_listed_too(int partitions)
    {
        _api.DeadDeliveries.Partitions = partitions;
        _api.DeadDeliveries.BeforeReceive = number =>
        {
            _api.Rig.Time.Advance(TimeSpan.FromMilliseconds(50));
            _api.DeadDeliveries.Put(DeadLetterApi.Failed(number));
            return Task.CompletedTask;
        };
        _api.Rig.Time.Advance(TimeSpan.FromMinutes(1));
        var began = _api.Rig.Time.GetUtcNow();

        await _api.Rig.IndexAsync();

        Assert.Equal(
            began, await _api.Rig.Get<DeadLetterIndex>().UpToDateAtAsync(JobSource.DeliveriesDeadLetters, default));
    }

    [Fact]
    public async Task A_queue_is_not_listed_up_to_now_before_all_that_waited_is()
    {
        for (var number = 0; number < 2 * DeadLetterIndex.BatchSize; number++)
        {
            _api.PutDelivery(number);
        }

        _api.DeadDeliveries.BeforeReceive = number =>
        {
            _api.Rig.Time.Advance(number == 0 ? TimeSpan.FromMinutes(1) : TimeSpan.Zero);
            return Task.CompletedTask;
        };

        await _api.Rig.IndexAsync();
        Assert.Null(
            await _api.Rig.Get<DeadLetterIndex>().UpToDateAtAsync(JobSource.DeliveriesDeadLetters, default));
        await _api.Rig.IndexAsync();
        Assert.NotNull(
            await _api.Rig.Get<DeadLetterIndex>().UpToDateAtAsync(JobSource.DeliveriesDeadLetters, default));
    }

    [Fact]
    public async Task Of_two_runs_at_once_the_later_says_up_to_when_the_list_is_whole()
    {
        await _api.Rig.IndexAsync();
        var index = _api.Rig.Get<DeadLetterIndex>();
        var earlier = _api.Rig.Time.GetUtcNow().AddSeconds(5);
        _api.Rig.Time.Advance(TimeSpan.FromSeconds(10));
        // The earlier one ends while the later is under way.
        _api.DeadDeliveries.BeforeReceive = async _ =>
        {
            _api.DeadDeliveries.BeforeReceive = _ => Task.CompletedTask;
            var state = await index.FindStateAsync(JobSource.DeliveriesDeadLetters, default);
            Assert.NotNull(await index.NoteAsync(state! with { UpToDateAt = earlier }, default));
        };

        await _api.Rig.IndexAsync();
        Assert.Equal(
            _api.Rig.Time.GetUtcNow(), await index.UpToDateAtAsync(JobSource.DeliveriesDeadLetters, default));
    }

    [Fact]
    public async Task An_index_that_is_not_whole_after_one_run_is_not_made_again_by_the_next()
    {
        _api.PutDelivery(1);
        _api.DeadDeliveries.BeforeReceive = _ =>
        {
            _api.Rig.Time.Advance(Indexing.LongestDrain);
            return Task.CompletedTask;
        };
        await _api.Rig.IndexAsync();
        var index = _api.Rig.Get<DeadLetterIndex>();
        Assert.Null(await index.UpToDateAtAsync(JobSource.DeliveriesDeadLetters, default));
        await _api.Rig.IndexAsync();

        Assert.Single(
            _api.Rig.Logged.Of<IndexRebuild>(),
            line => line.StartsWith("Index rebuilt for deliveries/$deadletterqueue:", StringComparison.Ordinal));
    }
}
