namespace Atrium.Local.Host;

/// <summary>
/// Why the host cannot start, or go on: one sentence or two for whoever started it, saying what is wrong and what to
/// change.
/// </summary>
internal sealed class HostStartException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>For what the worker has printed already.</summary>
    public static HostStartException ToldAlready() => new("");
}
