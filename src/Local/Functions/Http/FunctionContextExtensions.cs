using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker.Hosting.Http;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>The HTTP side of an invocation.</summary>
public static class FunctionContextExtensions
{
    /// <summary>The request and response behind an invocation.</summary>
    /// <param name="context">The invocation.</param>
    /// <returns>The HTTP context, or null when the function was not started by HTTP.</returns>
    public static HttpContext? GetHttpContext(this FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Items.TryGetValue(HttpItems.HttpContext, out var item) ? item as HttpContext : null;
    }
}
