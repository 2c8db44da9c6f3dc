using Xunit.Abstractions;

namespace Atrium.Local.Emulators.Tests.JavaScript;

public sealed class LockTests(LockTests.Emulator emulator, LockTests.Fast fast)
    : IClassFixture<LockTests.Emulator>, IClassFixture<LockTests.Fast>
{
    [Fact]
    public Task Redelivers_with_a_higher_count_when_the_lock_runs_out_and_not_when_the_link_closes() =>
        emulator.JudgeAsync("lock-expiry");

    [Fact]
    public Task Refuses_every_settlement_and_renewal_after_the_lock_was_lost() => emulator.JudgeAsync("lock-lost");

    [Fact]
    public Task Keeps_a_renewed_lock() => emulator.JudgeAsync("lock-renewal");

    [Fact]
    public Task Keeps_the_lock_that_the_client_renews_by_itself() => fast.JudgeAsync("lock-renewal-by-client");

    [Fact]
    public Task Dead_letters_when_the_last_lock_runs_out() => emulator.JudgeAsync("lock-expiry-dead-letters");

    [Fact]
    public Task Frees_a_deferred_message_when_its_lock_runs_out() => emulator.JudgeAsync("lock-of-deferred");

    [Fact]
    public Task Keeps_the_locks_of_a_killed_client_until_they_run_out() => emulator.JudgeAsync("lock-of-killed-client");

    // Its locks last until a script has their time pass.
    public sealed class Emulator(IMessageSink diagnostics) : JudgedEmulator(
        diagnostics, clockSpeed: 1, new("lock-expiry"), new("lock-lost"), new("lock-of-deferred"), new("lock-renewal"),
        new("lock-expiry-dead-letters") { MaxDeliveryCount = 2 }, new("lock-of-killed-client"));

    // A lock lasts twenty seconds here. The client renews it ten seconds before its end, however long it is: a longer
    // one would leave a busy machine no more.
    public sealed class Fast(IMessageSink diagnostics) : JudgedEmulator(
        diagnostics, clockSpeed: 15, new QueueUnderTest("lock-renewal-by-client"))
    {
        protected override bool RealLocks => false;
    }
}
