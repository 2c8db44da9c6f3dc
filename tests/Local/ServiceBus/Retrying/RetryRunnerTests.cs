using Microsoft.Extensions.Time.Testing;

namespace Azure.Messaging.ServiceBus.Tests.Retrying;

public sealed class RetryRunnerTests
{
    readonly FakeTimeProvider _time = new();
    int _tries;

    [Fact]
    public async Task Tries_again_what_may_pass_after_the_wait()
    {
        var time = new SkippingTime(TimeSpan.FromSeconds(30));
        var runner = new RetryRunner(new BackoffPolicy(new ServiceBusRetryOptions(), () => 0), time);
        var result = await runner.RunAsync(
            _ => ++_tries < 3 ? throw new ServiceBusException("busy", ServiceBusFailureReason.ServiceBusy) : Task.FromResult("done"), "q", default);
        Assert.Equal(("done", 3), (result, _tries));
        Assert.Equal([1.6, 3.2], time.Skipped.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task Does_not_try_again_what_cannot_pass()
    {
        var run = Runner().RunAsync<int>(_ => throw new ServiceBusException("gone", ServiceBusFailureReason.MessageLockLost, $"q{++_tries}"), "q", default);
        var failure = await Assert.ThrowsAsync<ServiceBusException>(() => run);
        Assert.Equal((ServiceBusFailureReason.MessageLockLost, 1), (failure.Reason, _tries));
    }

    [Fact]
    public async Task A_try_that_takes_too_long_has_timed_out()
    {
        var run = Runner(retries: 0).RunAsync(inTime => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, inTime), "q", default);
        _time.Advance(TimeSpan.FromMinutes(1));
        var failure = await Assert.ThrowsAsync<ServiceBusException>(() => run);
        Assert.Equal((ServiceBusFailureReason.ServiceTimeout, true, "q"), (failure.Reason, failure.IsTransient, failure.EntityPath));
    }

    [Fact]
    public async Task A_caller_who_has_had_enough_is_told_so()
    {
        using var enough = new CancellationTokenSource();
        var run = Runner().RunAsync(inTime => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, inTime), "q", enough.Token);
        await enough.CancelAsync();
        var cancelled = await Assert.ThrowsAsync<TaskCanceledException>(() => run);
        Assert.Equal(enough.Token, cancelled.CancellationToken);
    }

    [Fact]
    public async Task The_wait_between_tries_can_be_cancelled_too()
    {
        using var enough = new CancellationTokenSource();
        var run = Runner().RunAsync<int>(_ => throw new TimeoutException(), "q", enough.Token);
        await enough.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => run);
    }

    RetryRunner Runner(int retries = 3) => new(new BackoffPolicy(new ServiceBusRetryOptions { MaxRetries = retries }, () => 0), _time);
}
