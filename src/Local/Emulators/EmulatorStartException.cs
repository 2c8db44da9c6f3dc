namespace Atrium.Local.Emulators;

/// <summary>An emulator could not start. The message is one sentence or two for whoever started it: what, why, and what to change.</summary>
public sealed class EmulatorStartException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What could not start, why, and what to do about it.</param>
    public EmulatorStartException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What could not start, why, and what to do about it.</param>
    /// <param name="innerException">What was thrown below, or null.</param>
    public EmulatorStartException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
