using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Atrium.Functions.Egress;

/// <summary>What the first bytes of an answer say, where the handler could make nothing of the whole. Pure.</summary>
internal static partial class ResponseHead
{
    // RFC 9113, sections 4.1 and 6.5: length, type, flags and stream of a frame; SETTINGS comes first, on stream 0,
    // with six bytes for each setting.
    const int FrameHeaderLength = 9;
    const byte Settings = 4;
    const int SettingLength = 6;

    /// <summary>
    /// The status of a well-formed status line, interim answers passed over; null when there is none.
    /// </summary>
    public static int? Status(ReadOnlySpan<byte> head) =>
        StatusLine().Match(Encoding.Latin1.GetString(head)) is { Success: true } match
            ? int.Parse(match.Groups["status"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)
            : null;

    /// <summary>
    /// Whether the other end speaks HTTP/2, which it begins with a SETTINGS frame whatever it is sent.
    /// </summary>
    public static bool IsHttp2(ReadOnlySpan<byte> head) =>
        head.Length >= FrameHeaderLength
        && head[0] == 0 && BinaryPrimitives.ReadUInt16BigEndian(head[1..]) % SettingLength == 0
        && head[3] == Settings
        && BinaryPrimitives.ReadInt32BigEndian(head[5..]) == 0;

    // RFC 9112, section 4. An interim answer ends with its empty line.
    [GeneratedRegex(
        @"\A(?:HTTP/1\.[01] 1\d\d[^\n]*\n(?:[^\r\n]+\r?\n)*\r?\n)*HTTP/1\.[01] (?<status>[2-9]\d\d)[ \r\n]")]
    private static partial Regex StatusLine();
}
