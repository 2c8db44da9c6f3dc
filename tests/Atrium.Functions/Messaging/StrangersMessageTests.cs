using Atrium.Functions.Contract;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Erasure;
using Atrium.Functions.Events;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Operations;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.Tests.Operations;
using Atrium.Functions.Tests.Parking;
using Azure.Messaging.ServiceBus;
using CsCheck;

namespace Atrium.Functions.Tests.Messaging;

/// <summary>
/// Nothing on a queue may be trusted: whatever lies there is settled by the function that meets it, in one go, and
/// keeps no list and no job from going on.
/// </summary>
public sealed class StrangersMessageTests
{
    const int Messages = 3_000;

    [Fact]
    public async Task Whatever_lies_on_visitor_events_is_fanned_out_or_dead_lettered_with_a_sentence()
    {
        await using var rig = new AppRig();
        await rig.Get<SubscriptionStore>().AddAsync(Some.Subscription(), default);
        var sent = rig.Bus.Sender(Queues.Deliveries).Sent;
        var taken = 0;
        await StrangersMessage.Event.SampleAsync(
            async message =>
            {
                var actions = new RecordingActions();

                await rig.Get<FanOutFunction>().RunAsync(Some.Received(message), actions, default);

                AssertSettledOnce(actions, "InvalidEvent");
                // What was let in is a delivery that every reader behind understands.
                Assert.All(sent.Skip(taken), delivery =>
                    Assert.NotNull(DeliveryMessageReader.Read(Some.Received(delivery)).Message));
                taken = sent.Count;
            },
            iter: Messages, threads: 1);
        Assert.InRange(taken, 1, Messages - 1);
    }

    [Fact]
    public async Task Whatever_lies_on_deliveries_is_attempted_and_recorded_or_dead_lettered_with_a_sentence()
    {
        await using var rig = await DeliveryRig.StartAsync();
        var attempted = 0;
        await StrangersMessage.Delivery.SampleAsync(
            async message =>
            {
                var settled = rig.Actions.Tries;
                await rig.RunAsync(Some.Received(message));
                Assert.Equal(settled + 1, rig.Actions.Tries);
                attempted += rig.Actions.DeadLettered.Count == settled + 1 ? 0 : 1;
            },
            iter: 300, threads: 1);
        Assert.All(rig.Actions.DeadLettered, letter => Assert.Equal("InvalidDelivery", letter.Reason));
        Assert.All(rig.Actions.DeadLettered, letter => AssertSentence(letter.Description));
        Assert.NotEmpty(rig.Actions.Completed);
        Assert.NotEmpty(rig.Actions.DeadLettered);
    }

    [Fact]
    public async Task Whatever_lies_on_jobs_is_run_or_dead_lettered_with_a_sentence()
    {
        await using var rig = new JobRig(new ScriptedNothing());
        await rig.StartAsync();
        var good = rig.Messages.Sent[0];
        await StrangersMessage.Step(() => Copy(good))
            .SampleAsync(message => rig.RunAsync(message), iter: Messages, threads: 1);
        Assert.All(rig.Actions.DeadLettered, letter => Assert.Equal("InvalidJob", letter.Reason));
        Assert.All(rig.Actions.DeadLettered, letter => AssertSentence(letter.Description));
        Assert.Equal(Messages, rig.Actions.DeadLettered.Count + rig.Actions.Completed.Count);
        Assert.NotEmpty(rig.Actions.Completed);
    }

    [Fact]
    public void Whatever_lies_in_a_dead_letter_queue_can_be_shown_and_searched_for_addresses() =>
        Gen.OneOf(StrangersMessage.Event, StrangersMessage.Delivery).Sample(
            message =>
            {
                var received = Some.Received(message);
                foreach (var source in Enum.GetValues<JobSource>().Where(source => source != JobSource.Unknown))
                {
                    var letter = DeadLetter.Of(source, received);
                    Assert.All(
                        new[] { letter.SubscriptionId, letter.DeliveryId, letter.EventId, letter.Event },
                        text => Assert.True(text is null || MessageProperties.IsSound(text)));
                    Assert.All(
                        new[] { letter.Reason, letter.Description },
                        text => Assert.DoesNotContain(text ?? "", char.IsControl));
                    Assert.InRange((letter.Reason ?? "").Length, 0, MessageProperties.MaxLength);
                }

                Assert.All(MessageTexts.Of(received), text => Assert.Contains('@', text));
                Assert.True(TenantId.IsValid(MessageTenant.Of(received)));
            },
            iter: Messages);

    [Theory]
    [InlineData(JobKind.Replay, JobSource.DeliveriesDeadLetters)]
    [InlineData(JobKind.Replay, JobSource.VisitorEventsDeadLetters)]
    [InlineData(JobKind.Replay, JobSource.ParkedDeadLetters)]
    [InlineData(JobKind.Discard, JobSource.DeliveriesDeadLetters)]
    [InlineData(JobKind.Discard, JobSource.VisitorEventsDeadLetters)]
    [InlineData(JobKind.Erase, JobSource.VisitorEventsDeadLetters)]
    [InlineData(JobKind.Discard, JobSource.Parked)]
    [InlineData(JobKind.Discard, JobSource.DeliveriesDeadLetters, JobTenant.System)]
    [InlineData(JobKind.Discard, JobSource.VisitorEventsDeadLetters, JobTenant.System)]
    [InlineData(JobKind.Resume, JobSource.Parked)]
    internal async Task A_job_goes_through_whatever_lies_in_its_way(
        JobKind kind, JobSource source, string tenant = Some.Tenant)
    {
        await using var rig = new JobRig();
        var queue = source == JobSource.Parked
            ? rig.Bus.Queue(source.QueueName())
            : rig.Bus.DeadLetters(source.QueueName());
        Gen.OneOf(StrangersMessage.Event, StrangersMessage.Delivery).Array[400].Sample(
            messages => Array.ForEach(messages, message => queue.Put(message, Some.Time.AddMinutes(-1))), iter: 1,
            threads: 1);
        var put = queue.Messages.Count;
        rig.Time.Advance(TimeSpan.FromMinutes(1));

        var arguments = kind switch
        {
            JobKind.Erase => ErasureSubject.Of("jane.smith@example.com").Write(),
            JobKind.Resume => new DeadLetterFilter { SubscriptionId = Some.SubscriptionId }.Write(),
            _ => new DeadLetterFilter().Write(),
        };
        await rig.Get<SubscriptionStore>().AddAsync(Some.Subscription(), default);
        await rig.IndexAsync();
        var job = await rig.StartAsync(kind, source, arguments, tenant: tenant);
        await rig.RunAllAsync();

        var ended = await rig.ReadAsync(job);
        Assert.Equal(JobState.Succeeded, ended.State);
        Assert.Equal(put, queue.Messages.Count + ended.Counts.Taken);
        Assert.InRange(ended.Counts.Taken, 1, put);
    }

    [Theory]
    [InlineData(JobSource.DeliveriesDeadLetters)]
    [InlineData(JobSource.VisitorEventsDeadLetters)]
    [InlineData(JobSource.ParkedDeadLetters)]
    internal async Task Whatever_lies_in_a_dead_letter_queue_is_listed_and_counted(JobSource source)
    {
        await using var rig = new JobRig();
        var queue = rig.Bus.DeadLetters(source.QueueName());
        Gen.OneOf(StrangersMessage.Event, StrangersMessage.Delivery).Array[300].Sample(
            messages => Array.ForEach(messages, message => queue.Put(message)), iter: 1, threads: 1);
        var tenants = queue.Messages.Count(message => MessageTenant.Of(message) == Some.Tenant);

        await rig.IndexAsync();
        var count = await rig.Get<DeadLetterReader>().CountAsync(
            Some.Tenant, source, new DeadLetterFilter(), default);

        Assert.Equal(new DeadLetterCount(tenants, rig.Time.GetUtcNow()), count);
        Assert.InRange(tenants, 1, queue.Messages.Count);
        foreach (var message in queue.Messages.Where(message => MessageTenant.Of(message) == Some.Tenant))
        {
            Assert.NotNull(await rig.Get<DeadLetterReader>().FindAsync(
                Some.Tenant, source, message.SequenceNumber, default));
        }
    }

    [Fact]
    public async Task Whatever_lies_parked_is_looked_through_and_what_is_a_delivery_goes_back()
    {
        await using var api = await ParkingApi.StartAsync();
        Gen.OneOf(StrangersMessage.Event, StrangersMessage.Delivery).Array[400].Sample(
            messages => Array.ForEach(messages, message => api.Parked.Put(message, Some.Time.AddMinutes(-1))),
            iter: 1, threads: 1);
        api.Park(ParkingApi.Waiting(1));
        var put = api.Parked.Messages.Count;

        var answer = await api.GetParkedAsync();
        await api.ReturnParkedAsync();
        await api.Rig.RunAllAsync();

        Assert.InRange(answer.Json.GetProperty("count").GetInt32(), 1, put - 1);
        Assert.DoesNotContain(api.Log, line => line.Contains("could not be sent back", StringComparison.Ordinal));
        Assert.All(await api.JobsAsync(), job => Assert.Equal(JobState.Succeeded, job.State));
        Assert.Contains(api.Returned, delivery => delivery.EventId == "evt_1");
        Assert.Equal(put, api.StillParked.Count + api.Returned.Count);
    }

    [Fact]
    public async Task Whatever_lies_on_the_queues_is_measured()
    {
        using var seen = new CollectedMetrics(new SteppedTime(Some.Time));
        var queues = new MeasuredQueues(seen);
        foreach (var queue in Queues.All)
        {
            Gen.OneOf(StrangersMessage.Event, StrangersMessage.Delivery).Array[300].Sample(
                messages => Array.ForEach(messages, message =>
                    queues.Bus.Queue(queue).Put(message, Some.Time.AddMinutes(-1))),
                iter: 1, threads: 1);
        }

        await queues.MeasureAsync();

        Assert.Equal(
            OldestWaiting.Queues.Select(queue => $"Queue measured: {queue}, the oldest message has waited 60 s"),
            queues.Lines);
    }

    static void AssertSettledOnce(RecordingActions actions, string reason)
    {
        Assert.Equal(1, actions.Tries);
        Assert.All(actions.DeadLettered, letter => Assert.Equal(reason, letter.Reason));
        Assert.All(actions.DeadLettered, letter => AssertSentence(letter.Description));
    }

    static void AssertSentence(string? text) => Assert.Matches(@"\S.*[.\])]", text);

    static ServiceBusMessage Copy(ServiceBusMessage message)
    {
        var copy = new ServiceBusMessage(message.Body) { MessageId = message.MessageId };
        foreach (var (name, value) in message.ApplicationProperties)
        {
            copy.ApplicationProperties[name] = value;
        }

        return copy;
    }

    sealed class ScriptedNothing : IJobWork
    {
        public JobKind Kind => JobKind.Replay;

        public Task<JobStep> StepAsync(Job job, CancellationToken cancellationToken) =>
            Task.FromResult<JobStep>(new JobStep.Continue(TimeSpan.Zero));
    }
}
