using System.Text;

namespace Atrium.Functions.Egress;

/// <summary>The beginning of an answer's body.</summary>
/// <param name="Bytes">At most <see cref="ExcerptReader.MaxLength"/>.</param>
/// <param name="Truncated">Whether the body was longer, or did not end in time.</param>
internal readonly record struct BodyExcerpt(ReadOnlyMemory<byte> Bytes, bool Truncated)
{
    public static readonly BodyExcerpt None;

    /// <summary>The bytes as UTF-8; what is not UTF-8, a character cut at the end included, becomes U+FFFD.</summary>
    public string Text() => Encoding.UTF8.GetString(Bytes.Span);
}
