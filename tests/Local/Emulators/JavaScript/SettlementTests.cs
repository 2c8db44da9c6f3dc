using Xunit.Abstractions;

namespace Atrium.Local.Emulators.Tests.JavaScript;

public sealed class SettlementTests(SettlementTests.Emulator emulator) : IClassFixture<SettlementTests.Emulator>
{
    [Fact]
    public Task Locks_a_message_for_one_receiver_until_it_completes_it() => emulator.JudgeAsync("settle-complete");

    [Fact]
    public Task Settles_in_any_order_and_in_ranges() => emulator.JudgeAsync("settle-out-of-order");

    [Fact]
    public Task Gives_an_abandoned_message_again_with_changed_properties_and_its_count() =>
        emulator.JudgeAsync("settle-abandon");

    [Fact]
    public Task Keeps_a_deferred_message_until_it_is_asked_for_by_number() => emulator.JudgeAsync("settle-defer");

    [Fact]
    public Task Settles_a_deferred_message_in_each_way() => emulator.JudgeAsync("settle-deferred-again");

    public sealed class Emulator(IMessageSink diagnostics) : JudgedEmulator(
        diagnostics,
        clockSpeed: 1,
        new("settle-complete"),
        new("settle-out-of-order"),
        new("settle-abandon"),
        new("settle-defer"),
        new("settle-deferred-again"));
}
