using System.Collections.Concurrent;

namespace Atrium.EndToEnd;

/// <summary>
/// Holds every exchange of a test against the OpenAPI document, whatever the test is about: it throws, and the test
/// fails, when the app has answered otherwise, or accepted what the document says it does not.
/// </summary>
internal sealed class ContractHandler(ApiContract contract) : DelegatingHandler
{
    readonly ConcurrentDictionary<(string Operation, int Status), bool> _seen = new();

    /// <summary>The operations that were called, with how they answered.</summary>
    public IReadOnlySet<(string Operation, int Status)> Seen => _seen.Keys.ToHashSet();

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sent = request.Content is { } content ? await content.ReadAsByteArrayAsync(cancellationToken) : [];
        var response = await base.SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        var deviations = await DeviationsAsync(request, sent, response, cancellationToken);
        if (deviations.Count > 0)
        {
            throw new ContractException(
                $"{request.Method} {request.RequestUri!.AbsolutePath} was answered otherwise than openapi.json says: "
                    + $"{string.Join("; ", deviations)}. It was:\n"
                + $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}",
                response.StatusCode == System.Net.HttpStatusCode.InternalServerError
                && (await response.Content.ReadAsByteArrayAsync(cancellationToken)).Length == 0);
        }

        return response;
    }

    async Task<List<string>> DeviationsAsync(
        HttpRequestMessage request, byte[] sent, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Head)
        {
            // The document tells it of all that GET answers.
            return (await response.Content.ReadAsByteArrayAsync(cancellationToken)).Length == 0 ? []
                : ["HEAD was answered with a body"];
        }

        if (contract.Find(request.Method, request.RequestUri!.AbsolutePath) is not { } operation)
        {
            // Nothing is there, or nothing with that method: so says the server, and no function.
            return (int)response.StatusCode is 404 ? [] : ["the document has no such operation"];
        }

        _seen[(operation.Id, (int)response.StatusCode)] = true;
        return [.. operation.Deviations(await ContractExchange.OfAsync(request, sent, response, cancellationToken))];
    }
}
