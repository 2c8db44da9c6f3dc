namespace Atrium.Local.Emulators;

/// <summary>
/// An emulator cannot start. The message is one sentence for the person at the keyboard: what failed, why, and what to
/// change.
/// </summary>
internal sealed class EmulatorStartException(string message, Exception? inner = null) : Exception(message, inner);
