using Atrium.Local.Emulators.ServiceBus.Queues;
using CsCheck;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Queues;

public sealed class PartitionTests
{
    static readonly QueueSettings Partitioned = new("deliveries") { Partitions = 4 };

    readonly TestQueue _queue = new(Partitioned);

    [Fact]
    public void The_topmost_16_bits_are_the_partition_and_each_has_a_counter_of_its_own()
    {
        var numbers = Enumerable.Range(0, 8).Select(_ => _queue.Send().SequenceNumber).ToList();

        Assert.Equal(
            from partition in Enumerable.Range(0, 4) from count in Enumerable.Range(1, 2) select (partition, count),
            numbers.Order().Select(n => ((int)(n >> 48), (int)(n & 0xFFFF_FFFF_FFFF))));
    }

    [Fact]
    public void All_with_one_key_go_to_one_partition_and_keys_are_spread()
    {
        var keys = Enumerable.Range(0, 100).Select(i => $"key-{i}").ToList();

        var first = keys.ConvertAll(k => Partition(_queue.Send(partitionKey: k)));

        Assert.Equal(4, first.Distinct().Count());
        Assert.Equal(first, keys.ConvertAll(k => Partition(new TestQueue(Partitioned).Send(partitionKey: k))));
    }

    [Fact]
    public void Where_duplicates_are_looked_for_the_id_is_the_key_and_with_a_key_both_are_compared()
    {
        var queue = new TestQueue(Partitioned with { DuplicateWindow = TimeSpan.FromHours(1) });

        Assert.Equal(
            [false, true, false, true, false],
            new[] { (string?)null, null, "a", "a", "b" }.Select(k => queue.Send("id", partitionKey: k).Dropped));
        Assert.NotEqual(
            1, Enumerable.Range(0, 50).Select(i => Partition(queue.Send($"id-{i}"))).Distinct().Count());
    }

    [Fact]
    public void A_message_that_was_scheduled_stays_in_its_partition()
    {
        var scheduled = _queue.Send(after: TimeSpan.FromHours(1), partitionKey: "key").SequenceNumber;
        var sent = _queue.Send(partitionKey: "key").SequenceNumber;
        _queue.Pass(TimeSpan.FromHours(1));

        Assert.Equal([sent, sent + 1], _queue.Queue.Peek(0, _queue.Now).Select(m => m.SequenceNumber));
        Assert.Equal(scheduled + 1, sent);
    }

    [Fact]
    public void Order_is_kept_within_a_partition_and_none_is_starved() =>
        Gen.Int[0, 3].Array[1, 60].Sample(keys =>
        {
            var queue = new TestQueue(Partitioned);
            var sent = keys.Select(k => queue.Send(partitionKey: k == 3 ? null : $"{k}").SequenceNumber).ToList();

            var received = new List<long>();
            while (queue.Receive() is { } message)
            {
                received.Add(message.SequenceNumber);
            }

            Assert.Equal(sent.Order(), received.Order());
            Assert.All(received.GroupBy(n => n >> 48), g => Assert.Equal(g.Order(), g));
            var partitions = received.Select(n => n >> 48).Distinct().Count();
            Assert.Equal(partitions, received.Take(partitions).Select(n => n >> 48).Distinct().Count());
        });

    [Fact]
    public void What_lies_in_partitions_that_are_declared_no_longer_is_received_all_the_same()
    {
        var fewer = new QueueState(new QueueSettings("deliveries"), new Journal(), null);
        fewer.Restore(new QueuedMessage(1) { SequenceNumber = SequenceNumbers.Start(3) + 7 });

        Assert.NotNull(fewer.TakeNext(locking: false, _queue.Now));
    }

    static int Partition(Enqueued enqueued) => SequenceNumbers.PartitionOf(enqueued.SequenceNumber);
}
