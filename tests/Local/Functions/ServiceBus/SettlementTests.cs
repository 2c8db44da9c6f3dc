using System.Runtime.Serialization;
using Atrium.Local.Functions.Tests.Support;
using Azure.Messaging.ServiceBus;
using Grpc.Core;

namespace Atrium.Local.Functions.Tests.ServiceBus;

public sealed class SettlementTests : IDisposable
{
    readonly SteppedTime _time = new();
    readonly FakeReceiver _queue;

    public SettlementTests() => _queue = new(_time);

    // Whatever a test did: its host has closed the receiver.
    public void Dispose() => Assert.True(_queue.Closed);

    [Fact]
    public async Task A_function_that_throws_abandons_at_once()
    {
        await using var host = await QueueHost.StartAsync(
            typeof(QueueFunctions.Manual), _queue, _time, script: new() { Do = (_, _, _) => throw new InvalidOperationException("no luck") });
        _queue.Send("a");
        Assert.Equal("abandon a", await _queue.ToldAsync());
        Assert.Contains("no luck", await host.Logs.WaitForAsync("Function Handle failed"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_auto_complete_a_function_that_returns_completes()
    {
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Auto), _queue, _time);
        _queue.Send("a");
        Assert.Equal("complete a", await _queue.ToldAsync());
    }

    [Fact]
    public async Task With_auto_complete_what_the_function_settled_stays_as_it_is()
    {
        await using var host = await QueueHost.StartAsync(
            typeof(QueueFunctions.Auto), _queue, _time, script: new() { Do = (message, actions, _) => actions.DeferMessageAsync(message) });
        _queue.Send("a");
        Assert.Equal("defer a", await _queue.ToldAsync());
        await host.Host.StopAsync().Soon();
        Assert.Equal(["defer a"], _queue.Settled);
    }

    [Fact]
    public async Task A_function_that_throws_after_settling_abandons_nothing()
    {
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Manual), _queue, _time, script: new()
        {
            Do = async (message, actions, _) =>
            {
                await actions.CompleteMessageAsync(message);
                throw new InvalidOperationException("too late");
            },
        });
        _queue.Send("a");
        await host.Logs.WaitForAsync("too late");
        await host.Host.StopAsync().Soon();
        Assert.Equal(["complete a"], _queue.Settled);
    }

    [Fact]
    public async Task Without_auto_complete_an_unsettled_message_is_left_to_its_lock_and_no_longer_renewed()
    {
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Manual), _queue, _time);
        _queue.Send("a");
        await host.Logs.WaitForAsync("returned without settling message a");
        await host.Host.StopAsync().Soon();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(_queue.Settled);
    }

    [Theory]
    [InlineData("{}", "complete a")]
    [InlineData("""{ "autoCompleteMessages": true }""", "complete a")]
    [InlineData("""{ "autoCompleteMessages": false }""", null)]
    public async Task Where_the_attribute_is_silent_host_json_decides(string serviceBus, string? settled)
    {
        var client = new FakeServiceBus(_queue);
        var script = new Script();
        await using var host = await QueueHost.StartAsync(
            typeof(QueueFunctions.Unsaid), client, _time, serviceBus, script, builder => builder.Configuration["QueueName"] = "from-a-setting");
        Assert.Equal("from-a-setting", client.Queue);
        Assert.Contains("Handle: serviceBusTrigger from-a-setting", host.Output, StringComparison.Ordinal);
        _queue.Send("a");
        await script.NextAsync();
        await host.Host.StopAsync().Soon();
        Assert.Equal(settled is null ? [] : [settled], _queue.Settled);
    }

    [Fact]
    public async Task Where_the_attribute_says_false_host_json_does_not_matter()
    {
        var script = new Script();
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Manual), _queue, _time, """{ "autoCompleteMessages": true }""", script);
        _queue.Send("a");
        await script.NextAsync();
        await host.Host.StopAsync().Soon();
        Assert.Empty(_queue.Settled);
    }

    [Fact]
    public async Task Each_settlement_reaches_the_queue_with_what_goes_with_it()
    {
        var script = new Script { Held = true };
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Manual), _queue, _time, script: script);
        foreach (var id in new[] { "a", "b", "c", "d" })
        {
            _queue.Send(id);
        }

        var properties = new Dictionary<string, object> { ["p"] = 1 };
        var byId = new Dictionary<string, Script.Call>();
        while (byId.Count < 4)
        {
            var call = await script.NextAsync();
            byId[call.Message.MessageId!] = call;
        }

        await byId["a"].Actions.CompleteMessageAsync(byId["a"].Message);
        await byId["b"].Actions.AbandonMessageAsync(byId["b"].Message, properties);
        await byId["c"].Actions.DeadLetterMessageAsync(byId["c"].Message, properties, "Why", "more on it");
        await byId["d"].Actions.RenewMessageLockAsync(byId["d"].Message);
        await byId["d"].Actions.DeferMessageAsync(byId["d"].Message, properties);
        foreach (var call in byId.Values)
        {
            call.End.SetResult();
        }

        Assert.Equal(["complete a", "abandon b p=1", "dead-letter (Why: more on it) c p=1", "defer d p=1"], _queue.Settled);
    }

    [Fact]
    public async Task After_the_function_returned_nothing_can_be_settled()
    {
        var script = new Script { Held = true };
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Auto), _queue, _time, script: script);
        _queue.Send("a");
        var call = await script.NextAsync();
        call.End.SetResult();
        Assert.Equal("complete a", await _queue.ToldAsync());
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.Actions.AbandonMessageAsync(call.Message));
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Equal($"LockToken {call.Message.LockToken} not found.", refused.Status.Detail);
    }

    [Fact]
    public async Task A_message_is_settled_once()
    {
        var script = new Script { Held = true };
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Auto), _queue, _time, script: script);
        _queue.Send("a");
        var call = await script.NextAsync();
        await call.Actions.CompleteMessageAsync(call.Message);
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.Actions.CompleteMessageAsync(call.Message));
        Assert.Equal(StatusCode.Unknown, refused.StatusCode);
        Assert.Contains("MessageLockLost", refused.Status.Detail, StringComparison.Ordinal);
        call.End.SetResult();
        await host.Host.StopAsync().Soon();
        Assert.Equal(["complete a"], _queue.Settled);
    }

    [Fact]
    public async Task Every_failure_is_an_RpcException_of_unknown_status_with_the_failures_text_and_may_be_tried_again()
    {
        var script = new Script { Held = true };
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Manual), _queue, _time, script: script);
        _queue.Send("a");
        var call = await script.NextAsync();
        _queue.Failure = new ServiceBusException("away", ServiceBusFailureReason.ServiceCommunicationProblem);
        foreach (var settle in new Func<Task>[]
        {
            () => call.Actions.CompleteMessageAsync(call.Message),
            () => call.Actions.AbandonMessageAsync(call.Message),
            () => call.Actions.DeadLetterMessageAsync(call.Message, deadLetterReason: "x"),
            () => call.Actions.DeferMessageAsync(call.Message),
            () => call.Actions.RenewMessageLockAsync(call.Message),
        })
        {
            var failed = await Assert.ThrowsAsync<RpcException>(settle);
            Assert.Equal(StatusCode.Unknown, failed.StatusCode);
            Assert.Contains("ServiceCommunicationProblem", failed.Status.Detail, StringComparison.Ordinal);
        }

        _queue.Failure = null;
        await call.Actions.CompleteMessageAsync(call.Message);
        call.End.SetResult();
        Assert.Equal(["complete a"], _queue.Settled);
    }

    [Fact]
    public async Task A_lost_lock_ends_it_and_the_host_does_not_try_either()
    {
        var script = new Script { Held = true };
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Manual), _queue, _time, script: script);
        _queue.Send("a");
        var call = await script.NextAsync();
        _queue.Failure = new ServiceBusException("gone", ServiceBusFailureReason.MessageLockLost);
        var lost = await Assert.ThrowsAsync<RpcException>(() => call.Actions.CompleteMessageAsync(call.Message));
        Assert.Contains("MessageLockLost", lost.Status.Detail, StringComparison.Ordinal);
        _queue.Failure = null;
        call.End.SetException(lost);
        await host.Logs.WaitForAsync("Function Handle failed");
        await host.Host.StopAsync().Soon();
        Assert.Empty(_queue.Settled);
    }

    [Fact]
    public async Task Arguments_are_judged_before_the_call()
    {
        var script = new Script { Held = true };
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Manual), _queue, _time, script: script);
        _queue.Send("a");
        var call = await script.NextAsync();
        await Assert.ThrowsAsync<ArgumentNullException>(() => call.Actions.CompleteMessageAsync(null!));
        var odd = new Dictionary<string, object> { ["list"] = new List<int>() };
        await Assert.ThrowsAsync<SerializationException>(() => call.Actions.AbandonMessageAsync(call.Message, odd));
        await Assert.ThrowsAsync<SerializationException>(() => call.Actions.DeadLetterMessageAsync(call.Message, odd));
        await Assert.ThrowsAsync<SerializationException>(() => call.Actions.DeferMessageAsync(call.Message, odd));
        await call.Actions.AbandonMessageAsync(call.Message, new Dictionary<string, object>
        {
            ["byte"] = (byte)1, ["char"] = 'c', ["decimal"] = 1m, ["guid"] = Guid.Empty, ["uri"] = new Uri("https://a.example"),
            ["date"] = _time.GetUtcNow().UtcDateTime, ["offset"] = _time.GetUtcNow(), ["span"] = TimeSpan.Zero, ["stream"] = Stream.Null, ["null"] = null!,
        });
        call.End.SetResult();
        Assert.StartsWith("abandon a", Assert.Single(_queue.Settled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_settlement_is_an_RpcException_too()
    {
        var script = new Script { Held = true };
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Manual), _queue, _time, script: script);
        _queue.Send("a");
        var call = await script.NextAsync();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        _queue.Failure = new OperationCanceledException(cancelled.Token);
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.Actions.CompleteMessageAsync(call.Message, cancelled.Token));
        Assert.Equal(StatusCode.Cancelled, refused.StatusCode);
        _queue.Failure = null;
        call.End.SetResult();
    }
}
