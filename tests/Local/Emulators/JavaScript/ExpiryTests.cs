using Xunit.Abstractions;

namespace Atrium.Local.Emulators.Tests.JavaScript;

public sealed class ExpiryTests(ExpiryTests.Emulator emulator, ExpiryTests.Fast fast)
    : IClassFixture<ExpiryTests.Emulator>, IClassFixture<ExpiryTests.Fast>
{
    [Fact]
    public Task Dead_letters_what_expires_where_the_queue_says_so() => fast.JudgeAsync("ttl-dead-letters");

    [Fact]
    public Task Discards_what_expires_otherwise() => fast.JudgeAsync("ttl-discards");

    [Fact]
    public Task Caps_the_time_to_live_of_a_message_by_that_of_the_queue() => fast.JudgeAsync("ttl-of-queue");

    [Fact]
    public Task Counts_the_time_to_live_of_a_scheduled_message_from_when_it_is_due() =>
        emulator.JudgeAsync("ttl-of-scheduled");

    [Fact]
    public Task Lets_nothing_expire_that_is_deferred_or_dead_lettered() => emulator.JudgeAsync("ttl-spares");

    [Fact]
    public Task Runs_spans_faster_and_shows_times_of_the_real_clock() => fast.JudgeAsync("fast-clock");

    // What lives in it does until a script has its time pass.
    public sealed class Emulator(IMessageSink diagnostics) : JudgedEmulator(
        diagnostics,
        clockSpeed: 1,
        new("ttl-of-scheduled") { DeadLetteringOnMessageExpiration = true },
        new("ttl-spares") { DeadLetteringOnMessageExpiration = true });

    public sealed class Fast(IMessageSink diagnostics) : JudgedEmulator(
        diagnostics,
        clockSpeed: 60,
        new("ttl-dead-letters") { DeadLetteringOnMessageExpiration = true },
        new("ttl-discards"),
        new("ttl-of-queue") { DeadLetteringOnMessageExpiration = true, DefaultMessageTimeToLive = "PT30S" },
        new("fast-clock"));
}
