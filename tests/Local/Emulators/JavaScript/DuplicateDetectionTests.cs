using Xunit.Abstractions;

namespace Atrium.Local.Emulators.Tests.JavaScript;

public sealed class DuplicateDetectionTests(DuplicateDetectionTests.Emulator emulator)
    : IClassFixture<DuplicateDetectionTests.Emulator>
{
    [Fact]
    public Task Accepts_and_drops_a_duplicate() => emulator.JudgeAsync("duplicate-send");

    [Fact]
    public Task Drops_duplicates_within_a_batch() => emulator.JudgeAsync("duplicate-in-batch");

    [Fact]
    public Task Compares_sent_and_scheduled_messages_both_ways() => emulator.JudgeAsync("duplicate-scheduled");

    [Fact]
    public Task Remembers_the_id_of_a_message_that_is_gone() => emulator.JudgeAsync("duplicate-after-completion");

    [Fact]
    public Task Forgets_an_id_after_the_window() => emulator.JudgeAsync("duplicate-after-window");

    [Fact]
    public Task Stores_both_where_duplicates_are_not_looked_for() => emulator.JudgeAsync("duplicate-detection-off");

    public sealed class Emulator(IMessageSink diagnostics) : JudgedEmulator(
        diagnostics,
        clockSpeed: 600,
        new("duplicate-send") { RequiresDuplicateDetection = true },
        new("duplicate-in-batch") { RequiresDuplicateDetection = true },
        new("duplicate-scheduled") { RequiresDuplicateDetection = true },
        new("duplicate-after-completion") { RequiresDuplicateDetection = true },
        new("duplicate-after-window")
        {
            RequiresDuplicateDetection = true,
            DuplicateDetectionHistoryTimeWindow = "PT10M"
        },
        new("duplicate-detection-off"));
}
