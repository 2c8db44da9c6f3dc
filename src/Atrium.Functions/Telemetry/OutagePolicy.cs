using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Atrium.Functions.Telemetry;

/// <summary>
/// Tells of each call of a client what came of it, after all its tries. What its caller has cancelled says nothing of
/// the service.
/// </summary>
/// <param name="dependency">One of <see cref="Dependency"/>: whose client it is.</param>
/// <param name="outages">Whom it tells.</param>
internal sealed class OutagePolicy(string dependency, OutageLog outages) : HttpPipelinePolicy
{
    const string ErrorCode = "x-ms-error-code";

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        try
        {
            await ProcessNextAsync(message, pipeline);
        }
        catch (Exception e) when (!message.CancellationToken.IsCancellationRequested)
        {
            outages.Failed(dependency, e);
            throw;
        }

        Tell(message.Response);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("Nothing here blocks a thread. Call the method whose name ends with Async.");

    void Tell(Response response)
    {
        if (Outage.IsFailure(response.Status, response.Headers.TryGetValue(ErrorCode, out var code) ? code : null))
        {
            outages.Failed(dependency, new RequestFailedException(response));
        }
        else
        {
            outages.Succeeded(dependency);
        }
    }
}
