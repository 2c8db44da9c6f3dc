using Xunit.Abstractions;

namespace Atrium.Local.Emulators.Tests.JavaScript;

public sealed class DeadLetteringTests(DeadLetteringTests.Emulator emulator)
    : IClassFixture<DeadLetteringTests.Emulator>
{
    [Fact]
    public Task Dead_letters_with_reason_description_and_properties() => emulator.JudgeAsync("dead-letter");

    [Fact]
    public Task Dead_letters_without_a_reason() => emulator.JudgeAsync("dead-letter-without-reason");

    [Fact]
    public Task Serves_the_dead_letter_queue_as_an_entity_that_nothing_is_counted_out_of() =>
        emulator.JudgeAsync("dead-letter-queue");

    [Fact]
    public Task Dead_letters_after_the_tenth_failed_delivery_with_the_services_reason() =>
        emulator.JudgeAsync("max-delivery-count");

    public sealed class Emulator(IMessageSink diagnostics) : JudgedEmulator(
        diagnostics,
        clockSpeed: 1,
        new("dead-letter"),
        new("dead-letter-without-reason"),
        new("dead-letter-queue"),
        new("max-delivery-count"));
}
