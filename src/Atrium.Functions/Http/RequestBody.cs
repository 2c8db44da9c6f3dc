using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Atrium.Functions.Http;

/// <summary>
/// Reads a request's body up to a limit. The request has to say that it is JSON. A form on another site cannot say
/// that, although a browser would send it with the user's cookie (Fetch standard, 2.2.2, "CORS-safelisted
/// request-header").
/// </summary>
internal static class RequestBody
{
    const string Rule =
        "Send the body as JSON in UTF-8: with the header Content-Type: application/json, or a type that ends in +json.";

    /// <param name="request">The request; its length header is believed only when it is too large.</param>
    /// <param name="limit">The most bytes accepted.</param>
    /// <returns>
    /// The bytes; or 413 when there are more than <paramref name="limit"/>, or 415 when they are compressed (RFC 9110,
    /// 15.5.16) or not declared as JSON in UTF-8.
    /// </returns>
    /// <exception cref="BadHttpRequestException">The body broke off, or came too slowly.</exception>
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
        var length = await ReadAsync(request.Body, buffer, cancellationToken);
        return length > limit ? (null, Problem.TooLarge(limit))
            : length > 0 && !IsJson(request.ContentType) ? (null, Problem.UnsupportedMediaType(Rule))
            : (BinaryData.FromBytes(buffer.AsMemory(0, length)), null);
    }

    // What breaks off here is the connection of the client, and no dependency's.
    static async Task<int> ReadAsync(Stream body, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The body broke off before its end.", e);
        }
    }

    static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
        && HeaderUtilities.RemoveQuotes(type.Charset) is var charset
        && (charset.Length == 0 || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
