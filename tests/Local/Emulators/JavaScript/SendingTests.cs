using Xunit.Abstractions;

namespace Atrium.Local.Emulators.Tests.JavaScript;

public sealed class SendingTests(SendingTests.Emulator emulator) : IClassFixture<SendingTests.Emulator>
{
    [Fact]
    public Task Sends_a_message() => emulator.JudgeAsync("send-single");

    [Fact]
    public Task Sends_an_array_in_order() => emulator.JudgeAsync("send-array");

    [Fact]
    public Task Sends_a_batch_up_to_its_size_limit() => emulator.JudgeAsync("send-batch");

    [Fact]
    public Task Sends_a_batch_of_one() => emulator.JudgeAsync("send-batch-of-one");

    [Fact]
    public Task Refuses_a_message_that_is_too_large_and_takes_the_next_one() => emulator.JudgeAsync("send-too-large");

    [Fact]
    public Task Gives_all_properties_and_body_bytes_back_as_sent() => emulator.JudgeAsync("send-properties");

    [Fact]
    public Task Gives_each_type_of_body_back_as_sent() => emulator.JudgeAsync("send-body-types");

    [Fact]
    public Task Gives_a_message_without_an_id_one() => emulator.JudgeAsync("send-without-message-id");

    [Fact]
    public Task Holds_a_scheduled_message_until_its_time() => emulator.JudgeAsync("schedule-by-property");

    [Fact]
    public Task Schedules_messages_and_cancels_them() => emulator.JudgeAsync("schedule-and-cancel");

    [Fact]
    public Task Takes_connections_one_after_the_other() => emulator.JudgeAsync("connect-repeatedly");

    [Fact]
    public Task Stores_what_many_senders_send_at_once_each_once() => emulator.JudgeAsync("send-concurrently");

    [Fact]
    public Task Takes_hundreds_of_links_on_one_connection() => emulator.JudgeAsync("connect-many-links");

    public sealed class Emulator(IMessageSink diagnostics) : JudgedEmulator(
        diagnostics,
        clockSpeed: 1,
        new("send-single"),
        new("send-array"),
        new("send-batch"),
        new("send-batch-of-one"),
        new("send-too-large"),
        new("send-properties"),
        new("send-body-types"),
        new("send-without-message-id"),
        new("schedule-by-property"),
        new("schedule-and-cancel"),
        new("send-concurrently"),
        new("connect-many-links"),
        new("connect-repeatedly"));
}
