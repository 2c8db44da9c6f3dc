using System.Globalization;

namespace Atrium.Functions.Console;

/// <summary>A colour of the page, in sRGB.</summary>
internal readonly record struct Colour(byte Red, byte Green, byte Blue)
{
    /// <summary>What text needs (WCAG 2.2, 1.4.3).</summary>
    public const double LegibleContrast = 4.5;

    /// <summary>The page's background in light.</summary>
    public static readonly Colour White = new(0xff, 0xff, 0xff);

    // '#' and two digits for each of three parts.
    const int TextLength = 7;

    /// <returns>Null when the text is not <c>#rrggbb</c>.</returns>
    public static Colour? Parse(string text) =>
        text.Length == TextLength && text[0] == '#'
        && uint.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var all)
            ? new((byte)(all >> 16), (byte)(all >> 8), (byte)all)
            : null;

    /// <summary>1 to 21, by WCAG 2.2.</summary>
    public double ContrastOn(Colour background)
    {
        var (one, other) = (Luminance + 0.05, background.Luminance + 0.05);
        return Math.Max(one, other) / Math.Min(one, other);
    }

    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";

    double Luminance => 0.2126 * Linear(Red) + 0.7152 * Linear(Green) + 0.0722 * Linear(Blue);

    static double Linear(byte part) =>
        part / 255d is var share && share <= 0.04045 ? share / 12.92 : Math.Pow((share + 0.055) / 1.055, 2.4);
}
