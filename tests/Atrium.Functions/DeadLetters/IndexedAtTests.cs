using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Atrium.Functions.Overview;
using Atrium.Functions.Parking;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
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

        var states = _api.Rig.Get<IndexStates>();
        Assert.Equal(first, await states.IndexedAtAsync(JobSource.DeliveriesDeadLetters, default));
        Assert.Equal(
            _api.Rig.Time.GetUtcNow(), await states.IndexedAtAsync(JobSource.VisitorEventsDeadLetters, default));
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
            began, await _api.Rig.Get<IndexStates>().IndexedAtAsync(JobSource.DeliveriesDeadLetters, default));
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
            await _api.Rig.Get<IndexStates>().IndexedAtAsync(JobSource.DeliveriesDeadLetters, default));
        await _api.Rig.IndexAsync();
        Assert.NotNull(
            await _api.Rig.Get<IndexStates>().IndexedAtAsync(JobSource.DeliveriesDeadLetters, default));
    }

    [Fact]
    public async Task Of_two_runs_at_once_the_later_says_up_to_when_the_list_is_whole()
    {
        await _api.Rig.IndexAsync();
        var states = _api.Rig.Get<IndexStates>();
        var earlier = _api.Rig.Time.GetUtcNow().AddSeconds(5);
        _api.Rig.Time.Advance(TimeSpan.FromSeconds(10));
        // The earlier one ends while the later is under way.
        _api.DeadDeliveries.BeforeReceive = async _ =>
        {
            _api.DeadDeliveries.BeforeReceive = _ => Task.CompletedTask;
            var state = await states.FindStateAsync(JobSource.DeliveriesDeadLetters, default);
            Assert.NotNull(await states.NoteAsync(state! with { IndexedAt = earlier }, default));
        };

        await _api.Rig.IndexAsync();
        Assert.Equal(
            _api.Rig.Time.GetUtcNow(), await states.IndexedAtAsync(JobSource.DeliveriesDeadLetters, default));
    }

    [Fact]
    public async Task What_a_run_held_that_died_is_not_said_to_be_listed_until_it_is()
    {
        await _api.Rig.IndexAsync();
        var before = _api.Rig.Time.GetUtcNow();
        _api.Rig.Time.Advance(TimeSpan.FromMinutes(1));
        _api.PutDelivery(1);
        _api.DeadDeliveries.Fault = call => call == "defer" ? new InvalidOperationException("It died here.") : null;
        _api.Rig.Tables.Before = call =>
            call == "transaction" ? throw new InvalidOperationException("It died here.") : Task.CompletedTask;
        await Assert.ThrowsAsync<AggregateException>(_api.Rig.IndexAsync);
        (_api.DeadDeliveries.Fault, _api.Rig.Tables.Before) = (_ => null, _ => Task.CompletedTask);

        // The next run receives nothing: the letter is locked.
        _api.Rig.Time.Advance(TimeSpan.FromSeconds(10));
        await _api.Rig.IndexAsync();
        Assert.Equal((before, 0), await ReadAsync("count"));

        _api.Rig.Time.Advance(Indexing.LongestHold);
        await _api.Rig.IndexAsync();
        Assert.Equal((_api.Rig.Time.GetUtcNow(), 1), await ReadAsync("count"));
    }

    [Fact]
    public async Task A_run_that_was_noted_before_the_clock_was_set_back_holds_nothing()
    {
        await _api.Rig.IndexAsync();
        _api.Rig.Time.Advance(TimeSpan.FromMinutes(1));
        var (states, now) = (_api.Rig.Get<IndexStates>(), _api.Rig.Time.GetUtcNow());
        var state = await states.BeginAsync(JobSource.DeliveriesDeadLetters, default);
        await states.BeginRunAsync(state, now.AddHours(1), default);

        await _api.Rig.IndexAsync();

        Assert.Equal(now, await states.IndexedAtAsync(JobSource.DeliveriesDeadLetters, default));
    }

    [Fact]
    public async Task A_run_that_begins_as_the_table_is_lost_is_noted_in_an_index_that_begins_anew()
    {
        var (states, now) = (_api.Rig.Get<IndexStates>(), _api.Rig.Time.GetUtcNow());
        var lost = await states.BeginAsync(JobSource.DeliveriesDeadLetters, default);
        _api.Rig.Tables.Table(DeadLetterIndex.TableName).Drop();

        var noted = await states.BeginRunAsync(lost, now, default);

        Assert.NotEqual(lost.Id, noted.Id);
        Assert.Equal([now], (await states.FindStateAsync(JobSource.DeliveriesDeadLetters, default))!.Runs);
    }

    [Fact]
    public async Task A_run_that_ends_while_another_holds_messages_does_not_say_that_all_is_listed()
    {
        await _api.Rig.IndexAsync();
        var before = _api.Rig.Time.GetUtcNow();
        _api.Rig.Time.Advance(TimeSpan.FromMinutes(1));
        _api.PutDelivery(1);
        var meanwhile = new List<(DateTimeOffset?, int)>();
        // As the first run writes its rows.
        _api.Rig.Tables.Before = async call =>
        {
            if (call == "transaction" && meanwhile.Count == 0)
            {
                meanwhile.Add(default);
                await _api.Rig.Get<Indexing>().DrainAsync(
                    JobSource.DeliveriesDeadLetters, _api.Rig.Time.GetUtcNow(), default);
                meanwhile[0] = await ReadAsync("count");
            }
        };

        await _api.Rig.IndexAsync();

        Assert.Equal([(before, 0)], meanwhile);
        Assert.Equal((_api.Rig.Time.GetUtcNow(), 1), await ReadAsync("count"));
    }

    [Theory]
    [InlineData("list")]
    [InlineData("count")]
    [InlineData("groups")]
    [InlineData("parked")]
    [InlineData("overview")]
    public async Task What_is_read_while_the_index_goes_on_has_all_until_the_time_that_it_names(string read)
    {
        await _api.Rig.Get<SubscriptionStore>().AddAsync(Some.Subscription(), default);
        await _api.Rig.IndexAsync();
        _api.Rig.Time.Advance(TimeSpan.FromMinutes(1));
        var at = _api.Rig.Time.GetUtcNow();
        // As the state of the index is asked for, another run indexes what just came.
        var gets = read == "parked" ? 2 : 1;
        _api.Rig.Tables.Before = async call =>
        {
            if (call == "get" && --gets == 0)
            {
                _api.PutDelivery(1, at: at);
                _api.Parked.Put(DeadLetterApi.Failed(2), at);
                _api.Rig.Time.Advance(TimeSpan.FromSeconds(1));
                await _api.Rig.IndexAsync();
            }
        };

        var (indexedAt, count) = await ReadAsync(read);

        Assert.True(gets <= 0, "The state was not asked for.");
        Assert.True(indexedAt < at || count > 0, "It says that it has what it has not.");
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
        var states = _api.Rig.Get<IndexStates>();
        Assert.Null(await states.IndexedAtAsync(JobSource.DeliveriesDeadLetters, default));
        await _api.Rig.IndexAsync();

        Assert.Single(
            _api.Rig.Logged.Of<IndexRebuild>(),
            line => line.StartsWith("Index rebuilt for deliveries/$deadletterqueue:", StringComparison.Ordinal));
    }

    async Task<(DateTimeOffset? IndexedAt, int Count)> ReadAsync(string read)
    {
        var (letters, source, filter) =
            (_api.Rig.Get<DeadLetterReader>(), JobSource.DeliveriesDeadLetters, new DeadLetterFilter());
        switch (read)
        {
            case "list":
                var list = await letters.ListAsync(Some.Tenant, source, filter, 10, null, default);
                return (list.IndexedAt, list.Letters.Count);
            case "count":
                var count = await letters.CountAsync(Some.Tenant, source, filter, default);
                return (count.IndexedAt, count.Matching);
            case "groups":
                var groups = await letters.GroupAsync(Some.Tenant, source, filter, default);
                return (groups.IndexedAt, groups.Items.Count);
            case "parked":
                var request = HttpCall.Of("GET", "/api/x");
                var parked = await HttpCall.AnswerAsync(request, _api.Rig.Get<GetParkedFunction>().RunAsync(
                    request, Some.Tenant, Some.SubscriptionId, default));
                return (parked.Json.GetProperty("indexedAt").GetDateTimeOffset(),
                    parked.Json.GetProperty("count").GetInt32());
            default:
                var overview = await _api.Rig.Get<OverviewReader>().ReadAsync(
                    Some.Tenant, [Some.Subscription()], default);
                return (overview.IndexedAt, Assert.Single(overview.Subscriptions).DeadLetters);
        }
    }
}
