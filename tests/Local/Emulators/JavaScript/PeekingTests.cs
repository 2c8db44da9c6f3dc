using Xunit.Abstractions;

namespace Atrium.Local.Emulators.Tests.JavaScript;

public sealed class PeekingTests(PeekingTests.Emulator emulator) : IClassFixture<PeekingTests.Emulator>
{
    [Fact]
    public Task Peeks_page_by_page_without_a_lock() => emulator.JudgeAsync("peek-pages");

    [Fact]
    public Task Peeks_more_bytes_than_fit_into_one_answer() => emulator.JudgeAsync("peek-large");

    [Fact]
    public Task Peeks_messages_in_every_state() => emulator.JudgeAsync("peek-states");

    public sealed class Emulator(IMessageSink diagnostics) : JudgedEmulator(
        diagnostics,
        clockSpeed: 1,
        new("peek-pages"),
        new("peek-large"),
        new("peek-states"));
}
