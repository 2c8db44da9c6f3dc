namespace Atrium.Functions.Deliveries;

internal static class Truncation
{
    /// <summary>The beginning of a text, at most <paramref name="length"/> characters, and never half of a surrogate pair: stores refuse such text.</summary>
    public static string Truncate(this string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
