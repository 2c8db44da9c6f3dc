using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Atrium.Local.Emulators;

/// <summary>
/// Tells a person who asks again from an echo. <c>dotnet run</c> and <c>dotnet watch</c> pass signals on that the
/// process has got itself, so one Ctrl-C or one stop of a service may come as two, of one kind or of two.
/// </summary>
internal sealed class StopSignals(TimeProvider time)
{
    /// <summary>What comes sooner after its first may be an echo of it.</summary>
    public static readonly TimeSpan EchoTime = TimeSpan.FromSeconds(1);

    // Never disposed of: what comes while the process ends must not end it in another way.
    static readonly List<PosixSignalRegistration> s_registered = [];

    readonly ConcurrentDictionary<PosixSignal, long> _first = new();

    /// <summary>Handles signals until the process is gone.</summary>
    public static void Handle(Action<PosixSignalContext> handler, params PosixSignal[] signals) =>
        s_registered.AddRange(signals.Select(signal => PosixSignalRegistration.Create(signal, handler)));

    /// <summary>Whether the signal is the terminal's own, and came before, long enough ago to be no echo.</summary>
    public bool IsRepeated(PosixSignal signal)
    {
        var first = _first.GetOrAdd(signal, _ => time.GetTimestamp());
        return signal is PosixSignal.SIGINT or PosixSignal.SIGQUIT && time.GetElapsedTime(first) >= EchoTime;
    }
}
