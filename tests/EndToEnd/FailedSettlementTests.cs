using System.Net;
using Atrium.Local.Emulators;
using Atrium.Local.Emulators.Azurite;
using Atrium.Metering;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.EndToEnd;

/// <summary>
/// What follows when a message cannot be settled: in the worker a gRPC failure without a kind, whatever Service Bus has
/// said to the host.
/// </summary>
public sealed class FailedSettlementTests
{
    const string NotSettled = "Could not complete message";

    // As config.json has it.
    static readonly TimeSpan Lock = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task An_attempt_whose_lock_is_lost_before_it_is_settled_is_made_once_by_each_who_had_the_lock()
    {
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        var time = new LeapingTime();
        await using var broker = await Broker.StartAsync(brokerFolder, time: time);
        await using var receiver = await Receiver.StartAsync();
        // The first is answered only when the second is there, for which its lock must have run out.
        var second = new TaskCompletionSource();
        receiver.Hold = (_, number) =>
        {
            time.Leap(number == 1 ? Lock : TimeSpan.Zero);
            if (number == 2)
            {
                second.SetResult();
            }

            return second.Task;
        };
        await using var app = await RunningApp.StartAsync(
            state, 1, broker.Setting,
            // The first waits for the second, and the broker looks at its clock every ten seconds.
            ("Egress__Timeout", "00:00:25"),
            ("AzureFunctionsJobHost__extensions__serviceBus__maxAutoLockRenewalDuration", "00:00:00"));
        var subscription = await app.SubscribeAsync(receiver.Url, ["*"]);
        await app.PublishAsync(Events.CheckedIn);

        await app.LoggedAsync(NotSettled);
        await AssertEmptyAsync(broker);

        var attempt = Assert.Single(await Attempts.AllAsync(app.Tables));
        Assert.Equal((1, "Delivered"), (attempt.GetInt32("Attempt"), attempt.GetString("Outcome")));
        Assert.Equal(2, receiver.All.Count);
        Assert.Contains("MessageLockLost", app.Output, StringComparison.Ordinal);
        await app.RecordedAsync(subscription.Id, 1);
    }

    [Fact]
    public async Task A_last_failure_whose_dead_lettering_is_refused_is_counted_and_told_once()
    {
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        var time = new LeapingTime();
        await using var broker = await Broker.StartAsync(brokerFolder, time: time);
        await using var receiver = await Receiver.StartAsync();
        await using var noticed = await Receiver.StartAsync();
        receiver.Answer = (_, _) => StatusCodes.Status503ServiceUnavailable;
        // While the request is under way, the lock runs out.
        receiver.Gate = number =>
        {
            time.Leap(number == 1 ? Lock : TimeSpan.Zero);
            return Task.CompletedTask;
        };
        await using var app = await RunningApp.StartAsync(state, settings: broker.Setting);
        var subscription = await app.SubscribeAsync(receiver.Url, ["*"]);
        var notices = await app.SendAsync(
            HttpMethod.Put, "api/tenants/default/notices", new { url = noticed.Url, generateSecret = true });
        Assert.Equal(HttpStatusCode.Created, notices.Status);
        await broker.SendAsync("deliveries", [FailedDeliveries.Of(0, subscription.Id)]);

        await app.LoggedAsync("Could not dead-letter message");
        await app.LoggedAsync("goes to the dead-letter queue as AttemptsExhausted");
        await noticed.NextAsync(1);
        await QueuedMessages.QuietAsync(broker.Setting.Value, "default");

        Assert.Single(await broker.DeadLettersAsync("deliveries"));
        Assert.Single(receiver.All);
        Assert.Single(noticed.All);
        Assert.Equal(0, await app.Process.InterruptAsync());
        Assert.Equal(1, app.Output.Split("goes to the dead-letter queue as").Length - 1);
    }

    [Fact]
    public async Task An_event_whose_lock_is_lost_before_it_is_completed_is_delivered_once_to_each_subscription()
    {
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        var time = new LeapingTime();
        await using var broker = await Broker.StartAsync(brokerFolder, time: time);
        await using var receiver = await Receiver.StartAsync();
        var received = 0;
        // The lock runs out as soon as it is taken.
        using var listener = new OperationListener(broker.Port, (operation, entity, _) =>
        {
            if ((operation, entity) == ("receive", "visitor-events"))
            {
                time.Leap(Interlocked.Increment(ref received) == 1 ? Lock : TimeSpan.Zero);
            }
        });
        await using var app = await RunningApp.StartAsync(state, settings: broker.Setting);
        await app.SubscribeAsync(receiver.Url, ["*"]);
        await app.SubscribeAsync(receiver.Url, ["*"]);
        await app.PublishAsync(Events.CheckedIn);

        await app.LoggedAsync(NotSettled);
        await AssertEmptyAsync(broker);

        Assert.Equal(2, received);
        Assert.Equal(2, receiver.All.Count);
        Assert.Equal(2, receiver.All.Select(request => request.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_job_whose_lock_is_lost_when_its_last_step_is_recorded_has_counted_what_it_took_once()
    {
        const int Count = 20;
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        using var tablesFolder = new TemporaryFolder();
        var time = new LeapingTime();
        await using var broker = await Broker.StartAsync(brokerFolder, time: time);
        await using var azurite = await AzuriteEmulator.StartAsync(
            new AzuriteEmulatorOptions { ToolsFolder = LocalState.Tools, DataFolder = tablesFolder.Path, Port = 0 },
            _ => { }, NullLoggerFactory.Instance, TimeProvider.System);
        await using var tables = await CountedTables.StartAsync(azurite);
        await broker.PutDeadLettersAsync(
            "deliveries",
            Enumerable.Range(0, Count).Select(number => FailedDeliveries.Of(number, TwoSubscriptions.First)),
            "AttemptsExhausted");
        await using var app = await RunningApp.StartAsync(
            state, 1, broker.Setting, ("Tables", tables.ConnectionString));
        await app.IndexAsync();
        tables.OnDone = changed =>
            time.Leap(changed.Contains("\"State\":\"Succeeded\"", StringComparison.Ordinal) ? Lock : TimeSpan.Zero);

        var job = await app.StartAsync("dead-letters/discard", new { subscriptionId = TwoSubscriptions.First });
        await app.LoggedAsync(NotSettled);
        await using var client = new ServiceBusClient(broker.Setting.Value);
        await using var jobs = client.CreateReceiver("jobs");
        await Eventually.TrueAsync(async () => await jobs.PeekMessageAsync(fromSequenceNumber: 0) is null);

        var ended = await app.JobAsync(job);
        Assert.Equal(("succeeded", Count), (ended.State(), ended.Taken()));
        Assert.Empty(await broker.DeadLettersAsync("deliveries"));
        Assert.Empty(await broker.DeadLettersAsync("jobs"));
    }

    [Fact]
    public async Task With_the_broker_gone_between_a_failure_and_its_retry_no_attempt_is_lost_or_made_again()
    {
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        await using var broker = await Broker.StartAsync(brokerFolder);
        await using var receiver = await Receiver.StartAsync();
        var (begun, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        receiver.Answer = (_, number) =>
            number == 1 ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status204NoContent;
        receiver.Gate = _ =>
        {
            begun.TrySetResult();
            return released.Task;
        };
        await using var app = await RunningApp.StartAsync(state, settings: broker.Setting);
        await app.SubscribeAsync(receiver.Url, ["*"]);
        await app.PublishAsync(Events.CheckedIn);
        await begun.Task.Soon();

        await using (await broker.GoneAsync())
        {
            released.SetResult();
            await app.LoggedAsync("Service Bus fails");
        }

        await receiver.UntilAsync(all => all.Count >= 2);
        await AssertEmptyAsync(broker);

        Assert.Equal(
            ["Retrying", "Delivered"],
            (await Attempts.AllAsync(app.Tables))
                .OrderBy(row => row.GetInt32("Attempt"))
                .Select(row => row.GetString("Outcome")));
        Assert.Equal(2, receiver.All.Count);
    }

    [Fact]
    public async Task With_the_broker_gone_for_a_moment_in_a_replay_the_job_goes_on_and_everything_arrives()
    {
        const int Count = 400;
        using var state = new TemporaryFolder();
        using var brokerFolder = new TemporaryFolder();
        await using var broker = await Broker.StartAsync(brokerFolder, "PT10S");
        await using var receiver = await Receiver.StartAsync();
        const string First = TwoSubscriptions.First;
        const string Second = TwoSubscriptions.Second;
        await broker.PutDeadLettersAsync(
            "deliveries", Enumerable.Range(0, Count).Select(i => FailedDeliveries.Of(i, i % 2 == 0 ? First : Second)),
            "AttemptsExhausted");
        await using var app = await RunningApp.StartAsync(state, settings: broker.Setting);

        await TwoSubscriptions.AddAsync(app, receiver);
        await app.IndexAsync();
        var job = await app.StartAsync("dead-letters/replay", new { subscriptionId = First });
        await receiver.NextAsync(1);
        await using (await broker.GoneAsync())
        {
        }

        var ended = await app.EndAsync(job);
        await receiver.UntilAsync(_ => receiver.Answered.Select(request => request.Id).Distinct().Count() == Count / 2);

        Assert.Equal("succeeded", ended.State());
        await Eventually.TrueAsync(async () => (await broker.DeadLettersAsync("deliveries")).Count == Count / 2);
        Assert.All(
            await broker.DeadLettersAsync("deliveries"),
            message => Assert.Equal(Second, FailedDeliveries.SubscriptionOf(message)));
    }

    static async Task AssertEmptyAsync(Broker broker)
    {
        await QueuedMessages.QuietAsync(broker.Setting.Value, "default");
        Assert.Empty(await broker.DeadLettersAsync("deliveries"));
        Assert.Empty(await broker.DeadLettersAsync("visitor-events"));
    }
}
