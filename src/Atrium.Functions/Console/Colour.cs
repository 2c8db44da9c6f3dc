using System.Globalization;

namespace Atrium.Functions.Console;

/// <summary>A colour of the page, in sRGB.</summary>
internal readonly record struct Colour(byte Red, byte Green, byte Blue)
{
    /// <summary>What text needs (WCAG 2.2, 1.4.3).</summary>
    public const double LegibleContrast = 4.5;

    /// <summary>The page's background in light.</summary>
    public static readonly Colour White = new(0xff, 0xff, 0xff);

    /// <summary>The page's background in the dark.</summary>
    public static readonly Colour Dark = new(0x1b, 0x1b, 0x1f);

    // As many steps to white as an eye tells apart.
    const int Steps = 32;

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

    /// <summary>
    /// The same colour, as much lighter as it needs to be readable on the dark background. No colour can be read on
    /// both: their contrast to one another is 17, and would have to be 20.
    /// </summary>
    public Colour InTheDark()
    {
        var colour = this;
        for (var step = 1; colour.ContrastOn(Dark) < LegibleContrast; step++)
        {
            colour = new(Lighter(Red, step), Lighter(Green, step), Lighter(Blue, step));
        }

        return colour;
    }

    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";

    double Luminance => 0.2126 * Linear(Red) + 0.7152 * Linear(Green) + 0.0722 * Linear(Blue);

    static double Linear(byte part) =>
        part / 255d is var share && share <= 0.04045 ? share / 12.92 : Math.Pow((share + 0.055) / 1.055, 2.4);

    static byte Lighter(byte part, int step) => (byte)(part + (byte.MaxValue - part) * step / Steps);
}
