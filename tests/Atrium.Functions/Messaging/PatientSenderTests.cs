using Atrium.Functions.Messaging;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Azure.Identity;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Messaging;

public sealed class PatientSenderTests
{
    static readonly ServiceBusException Busy = new("Throttled", ServiceBusFailureReason.ServiceBusy);

    readonly SteppedTime _time = new(Some.Time);
    readonly PrintedLog _log = new();
    readonly PatientSender _sender;

    public PatientSenderTests() => _sender = new(Some.Credits(_time), _time, _log.Outages());

    public static TheoryData<string> Passing => [.. new[]
    {
        ServiceBusFailureReason.ServiceBusy,
        ServiceBusFailureReason.ServiceTimeout,
        ServiceBusFailureReason.ServiceCommunicationProblem,
        ServiceBusFailureReason.QuotaExceeded,
    }.Select(reason => reason.ToString())];

    public static TheoryData<string> Lasting => [.. new[]
    {
        ServiceBusFailureReason.MessagingEntityNotFound,
        ServiceBusFailureReason.MessagingEntityDisabled,
        ServiceBusFailureReason.MessageSizeExceeded,
        ServiceBusFailureReason.GeneralError,
    }.Select(reason => reason.ToString())];

    [Fact]
    public async Task What_succeeds_is_sent_once()
    {
        var tries = 0;
        await _sender.SendAsync(_ => Count(ref tries), default);
        Assert.Equal(1, tries);
    }

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task What_may_pass_is_waited_out(string reason)
    {
        var tries = 0;
        var fault = new ServiceBusException("It does not take it.", Enum.Parse<ServiceBusFailureReason>(reason));
        var sending = _sender.SendAsync(_ => ++tries < 3 ? throw fault : Task.CompletedTask, default);
        Assert.Equal([1, 2], (await _time.SkipAllAsync(sending)).Select(wait => wait.TotalSeconds));
        await sending;
        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task A_role_or_a_token_that_is_missing_is_waited_for_so_that_the_message_is_not_counted_out()
    {
        var faults = new Queue<Exception>([
            new UnauthorizedAccessException("The role is missing."),
            new AuthenticationFailedException("There is no token."),
        ]);
        var sending = _sender.SendAsync(
            _ => faults.TryDequeue(out var fault) ? throw fault : Task.CompletedTask, default);
        Assert.Equal([1, 2], (await _time.SkipAllAsync(sending)).Select(wait => wait.TotalSeconds));
        await sending;
    }

    [Fact]
    public async Task Of_what_is_waited_out_the_log_tells_once_and_when_it_is_over()
    {
        var tries = 0;
        var sending = _sender.SendAsync(_ => ++tries <= 9 ? throw Busy : Task.CompletedTask, default);
        await _time.SkipAllAsync(sending);
        await sending;
        _log.Time.Advance(OutageLog.Calm);
        Assert.Equal(
            [
                "Service Bus fails: ServiceBusException: Throttled (ServiceBusy)",
                "Service Bus works again: 9 calls failed in 0 s",
            ],
            _log.Lines.Select(line => line.Split(". ")[0].Split(", since")[0]));
    }

    [Theory]
    [MemberData(nameof(Lasting))]
    public async Task What_does_not_pass_is_thrown_at_once(string reason)
    {
        var tries = 0;
        var fault = new ServiceBusException("No.", Enum.Parse<ServiceBusFailureReason>(reason));
        await Assert.ThrowsAsync<ServiceBusException>(
            () => _sender.SendAsync(_ => ++tries < 3 ? throw fault : Task.CompletedTask, default));
        Assert.Equal(1, tries);
    }

    [Fact]
    public async Task Waits_double_to_a_quarter_of_a_minute_and_end_before_the_lock_does()
    {
        var started = _time.GetTimestamp();
        var sending = _sender.SendAsync(_ => throw Busy, default);
        var waits = await _time.SkipAllAsync(sending);
        Assert.Equal([1, 2, 4, 8], waits.Take(4).Select(wait => wait.TotalSeconds));
        Assert.All(waits.Skip(4), wait => Assert.Equal(15, wait.TotalSeconds));
        Assert.Same(Busy, await Assert.ThrowsAsync<ServiceBusException>(() => sending));
        Assert.InRange(_time.GetElapsedTime(started), TimeSpan.FromMinutes(3.5), PatientSender.Patience);
    }

    [Fact]
    public async Task The_host_does_not_wait_for_a_wait()
    {
        using var stopping = new CancellationTokenSource();
        var sending = _sender.SendAsync(_ => throw Busy, stopping.Token);
        await _time.SkipAsync();
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public void Its_patience_ends_before_the_host_stops_renewing_locks() =>
        Assert.True(PatientSender.Patience < HostFile.MaxAutoLockRenewal());

    static Task Count(ref int tries)
    {
        tries++;
        return Task.CompletedTask;
    }
}
