using System.Buffers;

namespace Atrium.Functions.Egress;

/// <summary>Reads the beginning of an answer's body, and stops. Nothing that happens here makes a delivery fail.</summary>
internal static class ExcerptReader
{
    /// <summary>In bytes: enough for any error page's message.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>The time for the body once the headers are there: the outcome is decided, and a dripping body should not hold a place among the deliveries.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The excerpt, and whether the body ended, or went on beyond the excerpt, as it should.</summary>
    /// <param name="content">The answer's content.</param>
    /// <param name="time">The clock of <see cref="Patience"/>.</param>
    /// <param name="cancellationToken">Ends the reading, and is not thrown.</param>
    public static async Task<(BodyExcerpt Excerpt, bool Sound)> ReadAsync(
        HttpContent content, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        // One byte more than is kept tells whether there is more.
        var wanted = (int)Math.Min(content.Headers.ContentLength ?? MaxLength, MaxLength) + 1;
        var rented = ArrayPool<byte>.Shared.Rent(wanted);
        var length = 0;
        try
        {
            using var body = await content.ReadAsStreamAsync(either.Token);
            int read;
            while (length < wanted
                && (read = await body.ReadAsync(rented.AsMemory(length, wanted - length), either.Token)) > 0)
            {
                length += read;
            }

            return (new(Kept(), length > MaxLength), true);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            return (new(Kept(), true), false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        byte[] Kept() => rented.AsSpan(0, Math.Min(length, MaxLength)).ToArray();
    }
}
