using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Azure.Data.Tables;

namespace Atrium.Functions.Tests.DeadLetters;

/// <summary>
/// A row was taken for a message's because of its number alone. When a queue is created again, its numbers start again.
/// </summary>
public sealed class StaleRowTests : IDisposable
{
    readonly DeadLetterApi _api = new();

    FakeTable Table => _api.Rig.Tables.Table(DeadLetterIndex.TableName);

    IEnumerable<TableEntity> Rows => Table.Rows.Where(row => row.ContainsKey(nameof(DeadLetter.SequenceNumber)));

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_row_of_the_queue_before_selects_no_message_and_goes()
    {
        await MakeAnewAsync();

        var job = await _api.EndAsync(await _api.DiscardAsync(new { subscriptionId = Some.SubscriptionId }));

        Assert.Equal((JobState.Succeeded, 0, 0), (job.State, job.Counts.Taken, job.Counts.Examined));
        Assert.Single(_api.DeadDeliveries.Messages);
        Assert.Equal(DeadLetterApi.OtherSubscription, Assert.Single(Rows)[nameof(DeadLetter.SubscriptionId)]);
    }

    [Fact]
    public async Task Beside_the_messages_own_row_it_does_no_harm()
    {
        await MakeAnewAsync();

        var job = await _api.EndAsync(await _api.ReplayAsync(new { all = true }));

        Assert.Equal((JobState.Succeeded, 1, 1), (job.State, job.Counts.Taken, job.Counts.Examined));
        Assert.Empty(Rows);
    }

    [Fact]
    public async Task A_rebuild_removes_it()
    {
        await MakeAnewAsync();
        _api.Rig.Time.Advance(TimeSpan.FromSeconds(1));

        await _api.Rig.Get<IndexRebuild>().RunAsync(default);

        Assert.Equal(DeadLetterApi.OtherSubscription, Assert.Single(Rows)[nameof(DeadLetter.SubscriptionId)]);
    }

    [Fact]
    public async Task The_row_that_another_version_made_of_a_parked_message_is_its_row()
    {
        await ParkUnreadableAsync();

        var job = await _api.Rig.StartAsync(JobKind.Discard, JobSource.Parked);
        await _api.Rig.RunAllAsync();

        Assert.Equal(1, (await _api.Rig.ReadAsync(job)).Counts.Taken);
        Assert.Empty(_api.Parked.Messages);
        Assert.Empty(Rows);
    }

    [Fact]
    public async Task A_rebuild_leaves_one_row_of_such_a_message()
    {
        await ParkUnreadableAsync();
        _api.Rig.Time.Advance(TimeSpan.FromSeconds(1));

        await _api.Rig.Get<IndexRebuild>().RunAsync(default);

        Assert.Single(Rows);
    }

    [Fact]
    public async Task Two_versions_of_which_one_cannot_read_it_give_a_parked_message_the_same_key()
    {
        var message = DeliveryMessageWriter.WriteParked(Some.Delivery());
        _api.Parked.Put(message, Some.Time.AddMinutes(1));
        var readable = IndexRow.Of(
            JobSource.Parked, DeadLetter.Of(JobSource.Parked, Assert.Single(_api.Parked.Messages)));
        message.ApplicationProperties["version"] = 2;
        _api.Parked.MakeAnew();
        _api.Parked.Put(message, Some.Time.AddMinutes(1));
        await _api.Rig.IndexAsync();

        Assert.Equal(readable.Key, Assert.Single(Rows).RowKey);
    }

    // A letter, and in a new queue one of another subscription, with the same number.
    async Task MakeAnewAsync()
    {
        _api.PutDelivery(1);
        await _api.Rig.IndexAsync();
        _api.DeadDeliveries.MakeAnew();
        _api.PutDelivery(
            2, of => of with { SubscriptionId = DeadLetterApi.OtherSubscription }, at: Some.Time.AddMinutes(1));
        await _api.Rig.IndexAsync();
        Assert.Equal(2, Rows.Count());
    }

    // It was accepted at a time that this version cannot read.
    async Task ParkUnreadableAsync()
    {
        var message = DeliveryMessageWriter.WriteParked(Some.Delivery());
        (message.ApplicationProperties["version"], message.ApplicationProperties["acceptedAt"]) = (2, true);
        _api.Parked.Put(message, Some.Time);
        await _api.Rig.IndexAsync();
        var row = Assert.Single(Rows);
        await Table.DeleteEntityAsync(row.PartitionKey, row.RowKey);
        row.RowKey = IndexRange.KeyOf(
            JobSource.Parked,
            DeadLetter.Of(JobSource.Parked, Assert.Single(_api.Parked.Messages)) with
            {
                AcceptedAt = Some.Time.AddDays(-1),
            });
        await Table.AddEntityAsync(row);
    }
}
