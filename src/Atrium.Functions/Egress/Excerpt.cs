using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using Atrium.Functions.Http;
using Atrium.Functions.Messaging;

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
    /// <param name="contentType">The value of <c>Content-Type</c>; empty for none.</param>
    /// <returns>
    /// The excerpt, cut again to <see cref="ExcerptReader.MaxLength"/>; null when its coding is not known, or is not
    /// the one named.
    /// </returns>
    public static BodyExcerpt? Of(BodyExcerpt raw, string coding, string contentType)
    {
        if (raw.Bytes.IsEmpty)
        {
            return raw;
        }

        if (Plain(raw.Bytes, coding.Trim().ToLowerInvariant()) is not { } plain)
        {
            return null;
        }

        // What was decompressed may be longer than what was read.
        var isCut = raw.Truncated || plain.Length > ExcerptReader.MaxLength;
        var utf8 = Charset.ToUtf8(plain, contentType, isCut);
        var isLonger = utf8.Length > ExcerptReader.MaxLength;
        return new BodyExcerpt(isLonger ? utf8[..ExcerptReader.MaxLength] : utf8, isCut || isLonger);
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
}

/// <summary>What is kept of an answer's headers.</summary>
internal static class ResponseHeaders
{
    /// <summary>
    /// In KiB, for all headers together. If there are more, the status and the headers up to here count.
    /// </summary>
    public const int MaxKibibytes = 16;

    /// <summary>As many as are kept, in the order they came.</summary>
    public const int MaxKept = 50;

    /// <summary>In characters: what is kept of one value.</summary>
    public const int MaxValueLength = 1024;

    public static IReadOnlyList<KeyValuePair<string, string>> Kept(HttpResponseMessage response) =>
    [
        .. response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .SelectMany(
                header => header.Value.Select(value => KeyValuePair.Create(header.Key, value.Truncate(MaxValueLength))))
            .Take(MaxKept),
    ];

    /// <summary>The first value of a header, as it came, or null.</summary>
    public static string? First(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>A header that tells how to read the body, as it came; empty when there is none.</summary>
    public static string OfContent(HttpResponseMessage response, string name) =>
        response.Content.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : "";

    /// <summary>Where a redirect points, made absolute, or null.</summary>
    public static Uri? Location(HttpResponseMessage response, Uri requested) =>
        First(response, "Location") is { Length: > 0 } target
            && AbsoluteUrl.Of(target, requested) is { } absolute
            && absolute.Authority.Length <= EndpointUrl.MaxLength
            ? absolute
            : null;
}

/// <summary>The header <c>Retry-After</c>, as a wait.</summary>
internal static class RetryAfter
{
    // No schedule here waits longer than minutes; the bound only keeps absurd values from overflowing what is computed
    // with them.
    static readonly TimeSpan Max = TimeSpan.FromDays(1);

    /// <summary>The wait asked for, 0 to 1 day, or null when the value is neither seconds nor an HTTP date.</summary>
    /// <param name="value">The header's value.</param>
    /// <param name="now">What a date is relative to.</param>
    public static TimeSpan? Parse(string? value, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return null;
        }

        var trimmed = value.Trim();
        if (trimmed.All(char.IsAsciiDigit))
        {
            return int.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                ? Bound(TimeSpan.FromSeconds(seconds))
                : Max;
        }

        return RetryConditionHeaderValue.TryParse(trimmed, out var parsed) && parsed.Date is { } date
            ? Bound(date - now)
            : null;
    }

    static TimeSpan Bound(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Max ? Max : wait;
}
