using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace Atrium.Functions.Egress;

/// <summary>
/// Reads the beginning of an answer's body, and stops. Nothing that happens here makes a delivery fail.
/// </summary>
internal static class ExcerptReader
{
    /// <summary>In bytes: enough for any error page's message.</summary>
    public const int MaxLength = 16 * 1024;

    /// <summary>
    /// The time for the body after the headers. The outcome is decided by then, and a slow body should not hold up
    /// other deliveries.
    /// </summary>
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

/// <summary>
/// An answer's excerpt as a person can read it, and as <see cref="Echo"/> can search it: decompressed, in UTF-8,
/// without a byte order mark. Pure.
/// </summary>
internal static class ReadableExcerpt
{
    /// <param name="raw">The bytes as they came.</param>
    /// <param name="coding">The value of <c>Content-Encoding</c>; empty for none.</param>
    /// <returns>
    /// The excerpt, cut again to <see cref="ExcerptReader.MaxLength"/>; null when its coding is not known, or is not
    /// the one named.
    /// </returns>
    public static BodyExcerpt? Of(BodyExcerpt raw, string coding)
    {
        if (raw.Bytes.IsEmpty)
        {
            return raw;
        }

        if (Plain(raw.Bytes, coding.Trim().ToLowerInvariant()) is not { } plain)
        {
            return null;
        }

        var utf8 = Utf8(plain);
        var isLonger = utf8.Length > ExcerptReader.MaxLength;
        return new BodyExcerpt(isLonger ? utf8[..ExcerptReader.MaxLength] : utf8, raw.Truncated || isLonger);
    }

    // RFC 9110, section 8.4.1, and RFC 7932. Deflate has the zlib format there.
    static ReadOnlyMemory<byte>? Plain(ReadOnlyMemory<byte> bytes, string coding) => coding switch
    {
        "" or "identity" => bytes,
        "gzip" or "x-gzip" => Inflated(bytes, compressed => new GZipStream(compressed, CompressionMode.Decompress)),
        "deflate" => Inflated(bytes, compressed => new ZLibStream(compressed, CompressionMode.Decompress)),
        "br" => Inflated(bytes, compressed => new BrotliStream(compressed, CompressionMode.Decompress)),
        _ => null,
    };

    static ReadOnlyMemory<byte>? Inflated(ReadOnlyMemory<byte> bytes, Func<Stream, Stream> decoder)
    {
        // One byte more than is kept tells whether there is more.
        const int Wanted = ExcerptReader.MaxLength + 1;
        var rented = ArrayPool<byte>.Shared.Rent(Wanted);
        var length = 0;
        try
        {
            using var plain = decoder(new MemoryStream(bytes.ToArray(), writable: false));
            int read;
            while (length < Wanted && (read = plain.Read(rented, length, Wanted - length)) > 0)
            {
                length += read;
            }

            return Kept();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or InvalidOperationException)
        {
            // An excerpt that was cut breaks off in the middle of what is compressed; what was read until there is
            // good.
            return length > 0 ? Kept() : default(ReadOnlyMemory<byte>?);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        ReadOnlyMemory<byte> Kept() => rented.AsSpan(0, length).ToArray();
    }

    static ReadOnlyMemory<byte> Utf8(ReadOnlyMemory<byte> text) => text.Span switch
    {
        [0xEF, 0xBB, 0xBF, ..] => text[3..],
        [0xFF, 0xFE, ..] => Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(text.Span[2..])),
        [0xFE, 0xFF, ..] => Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(text.Span[2..])),
        _ => text,
    };
}
