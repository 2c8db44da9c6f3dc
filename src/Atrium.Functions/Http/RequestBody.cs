using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Http;

/// <summary>Reads a request's body up to a limit, and no further.</summary>
internal static class RequestBody
{
    /// <param name="request">The request; its length header is believed only when it is too large.</param>
    /// <param name="limit">The most bytes accepted.</param>
    /// <param name="cancellationToken">Cancelled when the client goes away.</param>
    /// <returns>The bytes, or null when there are more than <paramref name="limit"/>.</returns>
    public static async Task<BinaryData?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit)
        {
            return null;
        }

        var buffer = new byte[Math.Min(limit, (int)(request.ContentLength ?? limit)) + 1];
        var length = 0;
        int read;
        while (length < buffer.Length && (read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
        {
            length += read;
        }

        return length > limit ? null : BinaryData.FromBytes(buffer.AsMemory(0, length));
    }
}
