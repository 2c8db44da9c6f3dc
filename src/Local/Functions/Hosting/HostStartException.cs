namespace Microsoft.Azure.Functions.Worker.Hosting;

/// <summary>
/// Why the host cannot start: one sentence or two for whoever started it, saying what is wrong and what to change. Left unhandled by the
/// program it is printed without a stack trace (<see cref="HostStartFailure"/>).
/// </summary>
internal sealed class HostStartException(string message, Exception? inner = null) : Exception(message, inner);
