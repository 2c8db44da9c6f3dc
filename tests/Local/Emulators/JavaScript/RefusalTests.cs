using Xunit.Abstractions;

namespace Atrium.Local.Emulators.Tests.JavaScript;

public sealed class RefusalTests(RefusalTests.Emulator emulator) : IClassFixture<RefusalTests.Emulator>
{
    [Fact]
    public Task Refuses_an_unknown_entity_and_keeps_the_connection() => emulator.JudgeAsync("refuse-unknown-entity");

    [Fact]
    public Task Refuses_sessions_with_the_services_error() => emulator.JudgeAsync("refuse-sessions");

    [Fact]
    public Task Refuses_topics_and_subscriptions_as_unknown() => emulator.JudgeAsync("refuse-topics");

    public sealed class Emulator(IMessageSink diagnostics) : JudgedEmulator(
        diagnostics,
        clockSpeed: 1,
        new("refuse-unknown-entity"),
        new("refuse-sessions"),
        new("refuse-topics"));
}
