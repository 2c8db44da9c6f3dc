using System.Runtime.InteropServices;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Local.Emulators.Tests;

public sealed class StopSignalsTests
{
    readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGQUIT)]
    public void A_terminals_signal_is_repeated_when_it_comes_again_after_the_time_of_an_echo(PosixSignal signal)
    {
        var signals = new StopSignals(_time);
        Assert.False(signals.IsRepeated(signal));
        _time.Advance(StopSignals.EchoTime - TimeSpan.FromMilliseconds(1));
        Assert.False(signals.IsRepeated(signal));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(signals.IsRepeated(signal));
    }

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGHUP)]
    public void What_no_person_sends_from_a_terminal_is_never_repeated(PosixSignal signal)
    {
        var signals = new StopSignals(_time);
        Assert.False(signals.IsRepeated(signal));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(signals.IsRepeated(signal));
    }

    [Fact]
    public void A_signal_is_repeated_only_by_its_own_kind()
    {
        var signals = new StopSignals(_time);
        foreach (var signal in new[]
            { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP, PosixSignal.SIGQUIT })
        {
            Assert.False(signals.IsRepeated(signal));
            _time.Advance(TimeSpan.FromHours(1));
        }
    }
}
