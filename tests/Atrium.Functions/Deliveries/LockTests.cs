using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class LockTests
{
    readonly FakeLogger<LockCheck> _logger = new();

    [Theory]
    [InlineData(60)]
    [InlineData(55)]
    [InlineData(50)]
    public void A_lock_as_long_as_the_setting_says_is_passed_over(int seconds)
    {
        Check().Examine(LockedFor(seconds));
        Assert.Empty(_logger.Lines);
    }

    [Theory]
    [InlineData(49)]
    [InlineData(30)]
    [InlineData(5)]
    public void A_shorter_lock_is_an_error_that_says_what_to_change(int seconds)
    {
        Check().Examine(LockedFor(seconds));
        var line = Assert.Single(_logger.Collector.GetSnapshot());
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains("Deliveries__LockDuration", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_first_message_is_looked_at()
    {
        var check = Check();
        check.Examine(LockedFor(60));
        check.Examine(LockedFor(5));
        Assert.Empty(_logger.Lines);
    }

    [Theory]
    [InlineData(15, 60, true)]
    [InlineData(28, 60, true)]
    [InlineData(29, 60, false)]
    [InlineData(60, 60, false)]
    [InlineData(60, 92, true)]
    [InlineData(15, 5, false)]
    public void The_app_starts_only_when_a_lock_outlasts_the_longest_attempt(
        int timeoutSeconds, int lockSeconds, bool starts)
    {
        var rule = new LockOutlastsAttempt(
            Options.Create(new EgressOptions { Timeout = TimeSpan.FromSeconds(timeoutSeconds) }));
        var result = rule.Validate(null, new DeliveryOptions { LockDuration = TimeSpan.FromSeconds(lockSeconds) });
        Assert.Equal(starts, result.Succeeded);
        Assert.All(
            (string[])["Egress__Timeout", "Deliveries__LockDuration"],
            name => Assert.Equal(!starts, result.FailureMessage?.Contains(name, StringComparison.Ordinal) ?? false));
    }

    [Fact]
    public void The_defaults_start() =>
        Assert.True(
            new LockOutlastsAttempt(Options.Create(new EgressOptions()))
            .Validate(null, new DeliveryOptions()).Succeeded);

    LockCheck Check() => new(Options.Create(new DeliveryOptions()), new FakeTimeProvider(Some.Time), _logger);

    static ServiceBusReceivedMessage LockedFor(int seconds) =>
        ServiceBusModelFactory.ServiceBusReceivedMessage(lockedUntil: Some.Time.AddSeconds(seconds));
}
