namespace Microsoft.Azure.Functions.Worker.Hosting.Http;

/// <summary>Where an invocation's <see cref="FunctionContext.Items"/> hold what belongs to HTTP.</summary>
internal static class HttpItems
{
    /// <summary>The worker's own key, so that a test's fake context that fills it works against either runtime.</summary>
    public const string HttpContext = "HttpRequestContext";
}
