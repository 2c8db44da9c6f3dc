namespace Azure.Messaging.ServiceBus.Tests.Retrying;

public sealed class RetryOptionsTests
{
    [Fact]
    public void The_defaults_are_those_of_the_service()
    {
        var options = new ServiceBusRetryOptions();
        Assert.Equal(
            (ServiceBusRetryMode.Exponential, 3, TimeSpan.FromSeconds(0.8), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)),
            (options.Mode, options.MaxRetries, options.Delay, options.MaxDelay, options.TryTimeout));
    }

    [Fact]
    public void Values_outside_their_ranges_are_refused()
    {
        var options = new ServiceBusRetryOptions();
        Assert.Throws<ArgumentOutOfRangeException>(() => options.MaxRetries = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => options.MaxRetries = 101);
        Assert.Throws<ArgumentOutOfRangeException>(() => options.Delay = TimeSpan.Zero);
        Assert.Throws<ArgumentOutOfRangeException>(() => options.Delay = TimeSpan.FromMinutes(5.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => options.MaxDelay = TimeSpan.FromSeconds(-1));
        Assert.Throws<ArgumentException>(() => options.TryTimeout = TimeSpan.FromSeconds(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => options.TryTimeout = TimeSpan.FromHours(1.1));
    }

    [Fact]
    public void A_client_keeps_the_options_that_it_was_made_with()
    {
        var options = new ServiceBusClientOptions();
        var copy = options.Copy();
        options.RetryOptions.MaxRetries = 9;
        Assert.Equal(3, copy.RetryOptions.MaxRetries);
    }
}
