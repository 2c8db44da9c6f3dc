using System.Diagnostics.CodeAnalysis;

namespace Microsoft.Azure.Functions.Worker.Middleware;

/// <summary>Stands around every invocation. One instance serves all of them.</summary>
public interface IFunctionsWorkerMiddleware
{
    /// <summary>Does its part and calls the rest, or does not.</summary>
    /// <param name="context">The invocation.</param>
    /// <param name="next">The rest.</param>
    /// <returns>Ends when the invocation has.</returns>
    [SuppressMessage("Naming", "CA1716:Identifiers should not match keywords", Justification = "The worker's own name.")]
    Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
}
