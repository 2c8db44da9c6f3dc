using Atrium.Functions.Jobs;

namespace Atrium.Functions.Tests.Jobs;

/// <summary>What a sweep takes, and what it leaves.</summary>
public sealed class QueueSweepTests : SweepTests
{
    [Fact]
    public async Task Chosen_messages_are_acted_upon_and_gone_and_the_others_are_as_they_were()
    {
        Put(1000, i => i % 2 == 0 ? "take" : "leave");
        var others = Queue.Messages.Where(message => message.Subject == "leave").ToList();

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 500), (job.State, job.Counts.Taken));
        Assert.Equal(500, Acted.Distinct().Count());
        Assert.Equal(
            others.Select(message => (message.SequenceNumber, message.MessageId, message.Body.ToString())),
            Queue.Messages.Select(message => (message.SequenceNumber, message.MessageId, message.Body.ToString())));
        Assert.Equal(500, Queue.Take(1000).Count);
    }

    [Fact]
    public async Task What_cannot_be_acted_upon_is_counted_and_stays()
    {
        Put(10, i => i < 3 ? "skip" : "take");

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 7, 3), (job.State, job.Counts.Taken, job.Counts.Skipped));
        Assert.Equal(3, Queue.Messages.Count);
    }

    [Fact]
    public async Task What_nobody_can_judge_is_skipped_and_named_and_the_job_goes_on()
    {
        Put(10, i => i < 3 ? "puzzling" : "take");

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 7, 3), (job.State, job.Counts.Taken, job.Counts.Skipped));
        Assert.Equal(
            Queue.Messages.Select(message => $"{message.SequenceNumber}"), job.Counts.FirstSkipped);
        Assert.Contains(
            Rig.Logged.Of<QueueSweep>(),
            line => line.StartsWith(
                "Message 1 of deliveries/$deadletterqueue cannot be judged", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_there_is_nothing_to_take_no_message_is_locked()
    {
        Put(2 * QueueSweep.BatchSize, i => i < 3 ? "skip" : "leave");

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 0, 3), (job.State, job.Counts.Taken, job.Counts.Skipped));
        Assert.DoesNotContain("receive", Queue.Calls);
    }

    [Fact]
    public async Task What_lies_before_the_first_to_take_is_looked_through_once()
    {
        Put(4 * QueueSweep.BatchSize, i => i < 3 ? "skip" : "leave");
        Put(1, _ => "take");

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 1, 3), (job.State, job.Counts.Taken, job.Counts.Skipped));
        // Four pages and the one with the message; then only that one again, and the end.
        Assert.Equal(6, Queue.Calls.Count(call => call == "peek"));
    }

    [Fact]
    public async Task Only_messages_that_lay_there_when_the_job_was_made_are_taken()
    {
        Put(1, _ => "take");
        Act = messages =>
        {
            Acted.AddRange(messages.Select(message => message.MessageId));
            // It failed again, at once.
            Put(1, _ => "take");
            return Task.CompletedTask;
        };

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 1), (job.State, job.Counts.Taken));
        Assert.Single(Queue.Messages);
    }

    [Fact]
    public async Task What_is_moved_out_of_the_way_goes_and_does_not_count_as_taken()
    {
        Put(3, _ => "move");
        Put(2, _ => "take");
        Put(1, _ => "leave");

        var job = await RunAsync();

        Assert.Equal((JobState.Succeeded, 2), (job.State, job.Counts.Taken));
        Assert.Equal(["m4", "m5", "m1", "m2", "m3"], Acted);
        Assert.Equal("m6", Assert.Single(Queue.Messages).MessageId);
    }

    [Fact]
    public async Task What_is_no_longer_wanted_stays_and_what_was_taken_before_counts()
    {
        Put(2 * QueueSweep.BatchSize, _ => "take");
        Queue.BeforeReceive = received =>
        {
            IsWanted = received != 1;
            return Task.CompletedTask;
        };
        var job = await StartAsync();

        await Rig.RunNextAsync();

        Assert.Equal(QueueSweep.BatchSize, (await Rig.ReadAsync(job)).Counts.Taken);
        Assert.Equal(QueueSweep.BatchSize, Queue.Take(int.MaxValue).Count);
    }
}
