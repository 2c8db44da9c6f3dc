namespace Atrium.Local.Host;

/// <summary>
/// Why the host cannot start, or go on: one or two sentences for the user that say what is wrong and what to change.
/// </summary>
internal sealed class HostStartException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether the next try may well succeed: nothing has to be changed for it.</summary>
    public bool Passes { get; private init; }

    /// <summary>For what the worker has printed already.</summary>
    public static HostStartException ToldAlready() => new("");

    /// <summary>For what the worker has printed already, and what the next worker need not meet.</summary>
    public static HostStartException ToldAndPasses() => new("") { Passes = true };
}
