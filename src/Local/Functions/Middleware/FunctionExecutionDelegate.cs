using System.Diagnostics.CodeAnalysis;

namespace Microsoft.Azure.Functions.Worker.Middleware;

/// <summary>What is left of an invocation: the middleware that follows, and the function.</summary>
/// <param name="context">The invocation.</param>
/// <returns>Ends when the function has.</returns>
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "The worker's own name.")]
public delegate Task FunctionExecutionDelegate(FunctionContext context);
