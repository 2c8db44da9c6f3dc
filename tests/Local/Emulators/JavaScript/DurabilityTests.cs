using Xunit.Abstractions;

namespace Atrium.Local.Emulators.Tests.JavaScript;

public sealed class DurabilityTests(DurabilityTests.Emulator emulator) : IClassFixture<DurabilityTests.Emulator>
{
    [Fact]
    public Task Takes_clients_back_after_a_restart() => emulator.JudgeAsync("restart-reconnect");

    [Fact]
    public Task Keeps_messages_counts_and_places_over_a_restart() => emulator.JudgeAsync("durable-messages");

    [Fact]
    public Task Keeps_every_settlement_over_a_restart() => emulator.JudgeAsync("durable-settlements");

    [Fact]
    public Task Keeps_scheduled_messages_over_a_restart() => emulator.JudgeAsync("durable-schedule");

    [Fact]
    public Task Remembers_message_ids_over_a_restart() => emulator.JudgeAsync("durable-duplicates");

    public sealed class Emulator(IMessageSink diagnostics) : JudgedEmulator(
        diagnostics,
        clockSpeed: 1,
        new("restart-reconnect") { RequiresDuplicateDetection = true },
        new("durable-messages"),
        new("durable-settlements"),
        new("durable-schedule"),
        new("durable-duplicates") { RequiresDuplicateDetection = true });
}
