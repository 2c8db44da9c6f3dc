namespace Atrium.Local.Emulators;

/// <summary>
/// An emulator cannot start. The message is one sentence for the person at the keyboard: what failed, why, and what to
/// change.
/// </summary>
public sealed class EmulatorStartException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public EmulatorStartException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What failed, why, and what to change; one sentence, fit to be printed alone.</param>
    public EmulatorStartException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What failed, why, and what to change; one sentence, fit to be printed alone.</param>
    /// <param name="innerException">The failure underneath.</param>
    public EmulatorStartException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
