namespace Atrium.Local.Emulators.Tests.Sdk;

public sealed class ReceiveStormTests
{
    /// <summary>A lock of five minutes ends in 3 s: far longer than it takes to complete what was received.</summary>
    const double FastClock = 100;

    // Shorter than a lock of five minutes, after whose end what stood still would come again.
    static readonly TimeSpan StandStill = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(4000, false, 1)]
    [InlineData(2000, true, FastClock)]
    public async Task No_message_stands_still_however_receives_end(int receives, bool cancels, double clockSpeed)
    {
        await using var emulator = await Emulator.StartAsync(clockSpeed);
        await using var client = emulator.Client();
        await using var storm = new ReceiveStorm(client, Emulator.Stormy, cancels, StandStill, seed: receives);

        await storm.RunAsync(receives);
    }
}
