using System.Buffers;
using System.IO.Compression;
using System.Text;
using System.Text.Unicode;

namespace Atrium.Functions.Erasure;

/// <summary>
/// The possible texts of bytes whose encoding is unknown: in UTF-8, in UTF-16 and UTF-32 where these are possible, and
/// decompressed. Pure.
/// </summary>
internal static class ByteTexts
{
    // In bytes: five times the largest body of an event. What lies beyond in a body that was compressed is not read, so
    // that a message made for it cannot hold up an erasure.
    const int MaxInflated = 1024 * 1024;

    const int ReadLength = 4 * 1024;

    // Only from the first byte: read from the second, one encoding looks like another without its first letter, and
    // could match another address. A wrong encoding never has an at sign where the right one has it.
    static readonly Encoding[] Encodings =
    [
        Encoding.Unicode,
        Encoding.BigEndianUnicode,
        Encoding.UTF32,
        new UTF32Encoding(bigEndian: true, byteOrderMark: true),
    ];

    // RFC 1952, RFC 1950, RFC 1951, RFC 7932.
    static readonly Func<Stream, Stream>[] Formats =
    [
        bytes => new GZipStream(bytes, CompressionMode.Decompress),
        bytes => new ZLibStream(bytes, CompressionMode.Decompress),
        bytes => new DeflateStream(bytes, CompressionMode.Decompress),
        bytes => new BrotliStream(bytes, CompressionMode.Decompress),
    ];

    /// <summary>The texts; one of them is what the sender wrote, the others are nonsense.</summary>
    public static IEnumerable<string> Of(ReadOnlyMemory<byte> bytes) => IsPlain(bytes.Span)
        ? Encoded(bytes)
        : Encoded(bytes).Concat(Formats.SelectMany(format => Encoded(Inflated(bytes, format))));

    static IEnumerable<string> Encoded(ReadOnlyMemory<byte> bytes)
    {
        yield return Encoding.UTF8.GetString(bytes.Span);
        if (IsPlain(bytes.Span))
        {
            yield break;
        }

        foreach (var encoding in Encodings)
        {
            yield return encoding.GetString(bytes.Span);
        }
    }

    // Nothing but UTF-8 looks like UTF-8, but for UTF-16 and UTF-32 of ASCII, in which every other byte is zero. What
    // is compressed never does, from a few bytes on.
    static bool IsPlain(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) && !bytes.Contains((byte)0);

    static ReadOnlyMemory<byte> Inflated(ReadOnlyMemory<byte> bytes, Func<Stream, Stream> format)
    {
        using var inflated = format(new MemoryStream(bytes.ToArray(), writable: false));
        var read = new ArrayBufferWriter<byte>();
        try
        {
            while (read.WrittenCount < MaxInflated
                && inflated.Read(read.GetSpan(ReadLength)[..ReadLength]) is > 0 and var length)
            {
                read.Advance(length);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or InvalidOperationException)
        {
            // It is something else, or breaks off; what was read until there is looked at.
        }

        return read.WrittenMemory;
    }
}
