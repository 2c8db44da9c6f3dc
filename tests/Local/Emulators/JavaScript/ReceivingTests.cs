using Xunit.Abstractions;

namespace Atrium.Local.Emulators.Tests.JavaScript;

public sealed class ReceivingTests(ReceivingTests.Emulator emulator) : IClassFixture<ReceivingTests.Emulator>
{
    [Fact]
    public Task Receives_all_some_and_none_of_what_was_asked_for_over_one_link() =>
        emulator.JudgeAsync("receive-messages");

    [Fact]
    public Task Deletes_what_is_received_in_that_mode() => emulator.JudgeAsync("receive-and-delete");

    [Fact]
    public Task Deletes_a_deferred_message_received_in_that_mode() =>
        emulator.JudgeAsync("receive-deferred-and-delete");

    [Fact]
    public Task Serves_a_subscription_with_as_many_calls_at_once_as_it_asks_for() =>
        emulator.JudgeAsync("subscribe-concurrently");

    [Fact]
    public Task Redelivers_at_once_what_a_failing_handler_abandons() => emulator.JudgeAsync("subscribe-error-abandons");

    [Fact]
    public Task Gives_each_message_to_one_of_competing_receivers() => emulator.JudgeAsync("competing-receivers");

    [Fact]
    public Task Loses_nothing_between_a_drain_and_an_arrival() => emulator.JudgeAsync("receive-while-sending");

    public sealed class Emulator(IMessageSink diagnostics) : JudgedEmulator(
        diagnostics,
        clockSpeed: 1,
        new("receive-messages"),
        new("receive-and-delete"),
        new("receive-deferred-and-delete"),
        new("subscribe-concurrently"),
        new("subscribe-error-abandons"),
        new("receive-while-sending"),
        new("competing-receivers"));
}
