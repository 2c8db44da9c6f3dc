using Microsoft.AspNetCore.WebUtilities;

namespace Atrium.EndToEnd;

/// <summary>A request and its answer, read whole.</summary>
internal sealed record ContractExchange
{
    public required IReadOnlyList<(string Name, string Value)> Query { get; init; }
    public required IReadOnlyDictionary<string, string> RequestsHeaders { get; init; }
    public required string? RequestsType { get; init; }
    public required byte[] Request { get; init; }
    public required int Status { get; init; }
    public required IReadOnlyDictionary<string, string> AnswersHeaders { get; init; }
    public required string? AnswersType { get; init; }
    public required byte[] Answer { get; init; }

    public static async Task<ContractExchange> OfAsync(
        HttpRequestMessage request, byte[] sent, HttpResponseMessage response, CancellationToken cancellationToken) =>
        new()
        {
            // The key may be given in the query of any request.
            Query =
            [.. QueryHelpers.ParseQuery(request.RequestUri!.Query).Where(pair => pair.Key != "code")
            .Select(pair => (pair.Key, pair.Value.ToString()))],
            RequestsHeaders = Headers(request.Headers),
            RequestsType = request.Content?.Headers.ContentType?.MediaType,
            Request = sent,
            Status = (int)response.StatusCode,
            AnswersHeaders = Headers(response.Headers),
            AnswersType = response.Content.Headers.ContentType?.MediaType,
            Answer = await response.Content.ReadAsByteArrayAsync(cancellationToken),
        };

    static Dictionary<string, string> Headers(System.Net.Http.Headers.HttpHeaders headers) =>
        headers.NonValidated.ToDictionary(
            header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
}
