using System.IO.Compression;
using System.Text;

namespace Atrium.Functions.Egress;

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
        // One byte more than is kept tells whether there is more.
        var buffer = new byte[ExcerptReader.MaxLength + 1];
        using var bytes = new MemoryStream(raw.Bytes.ToArray(), writable: false);
        using var plain = Decoder(bytes, coding.Trim().ToLowerInvariant());
        if (plain is null)
        {
            return raw.Bytes.IsEmpty ? raw : null;
        }

        var length = 0;
        try
        {
            int read;
            while (length < buffer.Length && (read = plain.Read(buffer, length, buffer.Length - length)) > 0)
            {
                length += read;
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or InvalidOperationException)
        {
            // An excerpt that was cut breaks off in the middle of what is compressed; what was read until there is
            // good.
            if (length == 0)
            {
                return null;
            }
        }

        var utf8 = Utf8(buffer.AsMemory(0, length));
        var isLonger = utf8.Length > ExcerptReader.MaxLength;
        return new BodyExcerpt(isLonger ? utf8[..ExcerptReader.MaxLength] : utf8, raw.Truncated || isLonger);
    }

    // RFC 9110, section 8.4.1, and RFC 7932. Deflate has the zlib format there.
    static Stream? Decoder(Stream bytes, string coding) => coding switch
    {
        "" or "identity" => bytes,
        "gzip" or "x-gzip" => new GZipStream(bytes, CompressionMode.Decompress),
        "deflate" => new ZLibStream(bytes, CompressionMode.Decompress),
        "br" => new BrotliStream(bytes, CompressionMode.Decompress),
        _ => null,
    };

    static ReadOnlyMemory<byte> Utf8(ReadOnlyMemory<byte> text) => text.Span switch
    {
        [0xEF, 0xBB, 0xBF, ..] => text[3..],
        [0xFF, 0xFE, ..] => Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(text.Span[2..])),
        [0xFE, 0xFF, ..] => Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(text.Span[2..])),
        _ => text,
    };
}
