namespace Azure.Messaging.ServiceBus.Tests.Retrying;

public sealed class BackoffPolicyTests
{
    static readonly ServiceBusException Transient = new("busy", ServiceBusFailureReason.ServiceBusy);

    [Theory]
    [InlineData(1, 0, 1.6)]
    [InlineData(2, 0, 3.2)]
    [InlineData(3, 0, 6.4)]
    [InlineData(3, 1, 6.464)]
    public void Waits_double_and_get_a_jitter(int failed, double chance, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new BackoffPolicy(new ServiceBusRetryOptions(), () => chance).CalculateRetryDelay(Transient, failed));

    [Fact]
    public void Waits_may_stay_the_same()
    {
        var policy = new BackoffPolicy(new ServiceBusRetryOptions { Mode = ServiceBusRetryMode.Fixed, Delay = TimeSpan.FromSeconds(2) }, () => 0);
        Assert.Equal([2.0, 2.0, 2.0], [.. Enumerable.Range(1, 3).Select(failed => policy.CalculateRetryDelay(Transient, failed)!.Value.TotalSeconds)]);
    }

    [Fact]
    public void No_wait_is_longer_than_the_longest()
    {
        var options = new ServiceBusRetryOptions { MaxRetries = 100, MaxDelay = TimeSpan.FromSeconds(5) };
        Assert.Equal(TimeSpan.FromSeconds(5), new BackoffPolicy(options, () => 1).CalculateRetryDelay(Transient, 100));
    }

    [Fact]
    public void It_gives_up_when_the_tries_are_used_up_or_cannot_help()
    {
        var policy = new BackoffPolicy(new ServiceBusRetryOptions(), () => 0);
        Assert.Null(policy.CalculateRetryDelay(Transient, 4));
        Assert.Null(policy.CalculateRetryDelay(new ServiceBusException("gone", ServiceBusFailureReason.MessageLockLost), 1));
        Assert.Null(policy.CalculateRetryDelay(new UnauthorizedAccessException(), 1));
    }
}
