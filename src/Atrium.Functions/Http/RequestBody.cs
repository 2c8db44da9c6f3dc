using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Http;

/// <summary>Reads a request's body as it is, up to a limit, and no further.</summary>
internal static class RequestBody
{
    /// <param name="request">The request; its length header is believed only when it is too large.</param>
    /// <param name="limit">The most bytes accepted.</param>
    /// <param name="cancellationToken">Cancelled when the client goes away.</param>
    /// <returns>
    /// The bytes; or 413 when there are more than <paramref name="limit"/>, or 415 when they are compressed
    /// (RFC 9110, 15.5.16).
    /// </returns>
    public static async Task<(BinaryData? Body, IResult? Refusal)> ReadAsync(
        HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.Headers.ContentEncoding.ToString() is { Length: > 0 } coding
            && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return (null, Problem.UnsupportedMediaType(
                "The body is compressed: it has the header Content-Encoding. Send it as it is, without that header."));
        }

        if (request.ContentLength > limit)
        {
            return (null, Problem.TooLarge(limit));
        }

        var buffer = new byte[Math.Min(limit, (int)(request.ContentLength ?? limit)) + 1];
        var length = 0;
        int read;
        while (length < buffer.Length
            && (read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
        {
            length += read;
        }

        return length > limit
            ? (null, Problem.TooLarge(limit))
            : (BinaryData.FromBytes(buffer.AsMemory(0, length)), null);
    }
}
