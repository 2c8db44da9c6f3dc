namespace Atrium.Local.Emulators.Tests.Sdk;

public sealed class ReceiveStormTests
{
    /// <summary>A lock of a minute ends in 3 s: far longer than it takes to complete what was received.</summary>
    const double FastClock = 20;

    [Theory]
    [InlineData(4000, false, 1)]
    [InlineData(2000, true, FastClock)]
    public async Task No_message_stands_still_however_receives_end(int receives, bool cancels, double clockSpeed)
    {
        await using var emulator = await Emulator.StartAsync(clockSpeed);
        await using var client = emulator.Client();
        await using var storm = new ReceiveStorm(client, Emulator.Stormy, cancels, seed: receives);

        await storm.RunAsync(receives);
    }
}
