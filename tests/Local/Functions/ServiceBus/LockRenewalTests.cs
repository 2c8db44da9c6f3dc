using Atrium.Local.Functions.Tests.Support;
using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Functions.Tests.ServiceBus;

public sealed class LockRenewalTests
{
    readonly SteppedTime _time = new();

    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    public async Task Renews_when_half_the_lock_has_passed_again_and_again(int seconds)
    {
        var queue = new FakeReceiver(_time) { LockDuration = TimeSpan.FromSeconds(seconds) };
        var script = new Script { Held = true };
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Auto), queue, _time, script: script);
        queue.Send("a");
        var call = await script.NextAsync();
        for (var renewal = 0; renewal < 4; renewal++)
        {
            await _time.PassAsync(TimeSpan.FromSeconds(seconds) / 2);
            Assert.Equal("renew a", await queue.ToldAsync());
        }

        call.End.SetResult();
        Assert.Equal("complete a", await queue.ToldAsync());
    }

    [Fact]
    public async Task Stops_after_the_longest_time()
    {
        var queue = new FakeReceiver(_time);
        var script = new Script { Held = true };
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Auto), queue, _time, """{ "maxAutoLockRenewalDuration": "00:01:15" }""", script);
        queue.Send("a");
        var call = await script.NextAsync();
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("renew a", await queue.ToldAsync());
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("renew a", await queue.ToldAsync());
        await _time.BegunAsync(TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromMinutes(10));
        call.End.SetResult();
        Assert.Equal("complete a", await queue.ToldAsync());
    }

    [Fact]
    public async Task Zero_means_never()
    {
        var queue = new FakeReceiver(_time);
        var script = new Script { Held = true };
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Auto), queue, _time, """{ "maxAutoLockRenewalDuration": "00:00:00" }""", script);
        queue.Send("a");
        var call = await script.NextAsync();
        _time.Advance(TimeSpan.FromMinutes(2));
        call.End.SetResult();
        Assert.Equal("complete a", await queue.ToldAsync());
    }

    [Fact]
    public async Task Tries_again_after_a_failure_and_says_when_the_lock_is_lost()
    {
        var queue = new FakeReceiver(_time);
        var script = new Script { Held = true };
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Auto), queue, _time, script: script);
        queue.Send("a");
        var call = await script.NextAsync();
        queue.Failure = new ServiceBusException("away", ServiceBusFailureReason.ServiceCommunicationProblem);
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        await _time.BegunAsync(TimeSpan.FromSeconds(15));
        queue.Failure = null;
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal("renew a", await queue.ToldAsync());

        queue.Failure = new ServiceBusException("gone", ServiceBusFailureReason.MessageLockLost);
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        await host.Logs.WaitForAsync("The lock of message a of visits is lost");
        queue.Failure = null;
        call.End.SetResult();
    }

    [Fact]
    public async Task A_settled_message_is_renewed_no_more()
    {
        var queue = new FakeReceiver(_time);
        var script = new Script { Held = true, Do = (message, actions, _) => actions.CompleteMessageAsync(message) };
        await using var host = await QueueHost.StartAsync(typeof(QueueFunctions.Auto), queue, _time, script: script);
        queue.Send("a");
        var call = await script.NextAsync();
        Assert.Equal("complete a", await queue.ToldAsync());
        await _time.PassAsync(TimeSpan.FromSeconds(30));
        queue.Send("b");
        var next = await script.NextAsync();

        // Nothing was told of the first message in between.
        Assert.Equal("complete b", await queue.ToldAsync());
        call.End.SetResult();
        next.End.SetResult();
    }
}
