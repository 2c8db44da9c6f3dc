namespace Atrium.Local.Host;

/// <summary>
/// Why the host cannot start, or go on: one or two sentences for the user that say what is wrong and what to change.
/// </summary>
internal sealed class HostStartException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>For what the worker has printed already.</summary>
    public static HostStartException ToldAlready() => new("");
}
