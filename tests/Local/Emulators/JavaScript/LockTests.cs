using Xunit.Abstractions;

namespace Atrium.Local.Emulators.Tests.JavaScript;

public sealed class LockTests(LockTests.Emulator emulator) : IClassFixture<LockTests.Emulator>
{
    [Fact]
    public Task Redelivers_with_a_higher_count_when_the_lock_runs_out_and_not_when_the_link_closes() =>
        emulator.JudgeAsync("lock-expiry");

    [Fact]
    public Task Refuses_every_settlement_and_renewal_after_the_lock_was_lost() => emulator.JudgeAsync("lock-lost");

    [Fact]
    public Task Keeps_a_renewed_lock() => emulator.JudgeAsync("lock-renewal");

    [Fact]
    public Task Keeps_the_lock_that_the_client_renews_by_itself() => emulator.JudgeAsync("lock-renewal-by-client");

    [Fact]
    public Task Dead_letters_when_the_last_lock_runs_out() => emulator.JudgeAsync("lock-expiry-dead-letters");

    [Fact]
    public Task Frees_a_deferred_message_when_its_lock_runs_out() => emulator.JudgeAsync("lock-of-deferred");

    [Fact]
    public Task Keeps_the_locks_of_a_killed_client_until_they_run_out() => emulator.JudgeAsync("lock-of-killed-client");

    // A lock of a minute lasts a second here, which is too short to do something with what is locked on a machine that
    // is busy.
    public sealed class Emulator(IMessageSink diagnostics) : JudgedEmulator(
        diagnostics,
        clockSpeed: 60,
        new("lock-expiry") { LockDuration = "PT3M" },
        new("lock-lost") { LockDuration = "PT3M" },
        new("lock-renewal") { LockDuration = "PT5M" },
        new("lock-renewal-by-client") { LockDuration = "PT2M30S" },
        new("lock-expiry-dead-letters") { LockDuration = "PT30S", MaxDeliveryCount = 2 },
        new("lock-of-killed-client") { LockDuration = "PT5M" },
        new("lock-of-deferred") { LockDuration = "PT3M" });
}
