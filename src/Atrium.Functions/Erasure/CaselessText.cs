using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Atrium.Functions.Erasure;

/// <summary>
/// Text in a form for comparison: differences in case, in Unicode form (NFC, NFD), in the writing of domain names and
/// in full-width ASCII disappear. It is canonical caseless matching (Unicode, section 3.13, D145), by a table of ours,
/// since <see cref="string.Normalize()"/> changes nothing where globalization is invariant. Pure.
/// </summary>
internal static partial class CaselessText
{
    // Unicode, section 3.12: a syllable is a leading consonant, a vowel and, for 27 of 28, a trailing consonant.
    const int FirstSyllable = 0xAC00;
    const int LastSyllable = 0xD7A3;
    const int FirstLeading = 0x1100;
    const int FirstVowel = 0x1161;
    const int BeforeTrailing = 0x11A7;
    const int Vowels = 21;
    const int Trailings = 28;

    // The full-width forms of ASCII, as East Asian keyboards write it: U+FF01 to U+FF5E, in ASCII's order from U+0021.
    const int FirstWide = 0xFF01;
    const int LastWide = 0xFF5E;
    const int WideDistance = FirstWide - '!';

    const string Resource = "Atrium.Functions.Erasure.caseless.txt";

    /// <summary>The full-width form of the at sign.</summary>
    public const char WideAt = '\uff20';

    static readonly FrozenDictionary<int, string> Table = ReadTable();
    static readonly IdnMapping Idn = new();

    /// <summary>
    /// The form to compare by. Half a surrogate pair becomes U+FFFD; invisible characters, such as a zero-width space,
    /// are left out.
    /// </summary>
    public static string Fold(string text) =>
        PunycodeLabel().Replace(FoldLetters(text), label => FoldLetters(Decoded(label.Value)));

    static string FoldLetters(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToLowerInvariant();
        }

        var runes = text.EnumerateRunes()
            .Where(rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format)
            .SelectMany(rune => Folded(rune).EnumerateRunes())
            .ToList();
        SortMarks(runes);
        // Turkish has an upper case of its own for each of i and ı; software that does not know the language mixes all
        // four.
        return string.Concat(runes).Replace("i\u0307", "i", StringComparison.Ordinal).Replace('ı', 'i');
    }

    static string Folded(Rune rune) => rune.Value switch
    {
        >= FirstSyllable and <= LastSyllable => Letters(rune.Value - FirstSyllable),
        >= FirstWide and <= LastWide => char.ToLowerInvariant((char)(rune.Value - WideDistance)).ToString(),
        // RFC 3490, section 3.1: the full stops that separate a domain's labels in East Asian texts.
        '\u3002' or '\uff61' => ".",
        var value => Table.GetValueOrDefault(value) ?? rune.ToString(),
    };

    static string Letters(int syllable)
    {
        var (leadingAndVowel, trailing) = Math.DivRem(syllable, Trailings);
        var (leading, vowel) = Math.DivRem(leadingAndVowel, Vowels);
        return $"{(char)(FirstLeading + leading)}{(char)(FirstVowel + vowel)}"
            + (trailing == 0 ? "" : $"{(char)(BeforeTrailing + trailing)}");
    }

    // Which of two marks on a letter is written first depends on the form. That some marks look different the other way
    // round makes no other address.
    static void SortMarks(List<Rune> runes)
    {
        for (int start = 0, end; start < runes.Count; start = end + 1)
        {
            for (end = start; end < runes.Count && IsMark(runes[end]); end++)
            {
            }

            runes.Sort(start, end - start, null);
        }
    }

    static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    static string Decoded(string label)
    {
        try
        {
            return Idn.GetUnicode(label);
        }
        catch (ArgumentException)
        {
            // It only looks like one.
            return label;
        }
    }

    static FrozenDictionary<int, string> ReadTable()
    {
        using var lines = new StreamReader(typeof(CaselessText).Assembly.GetManifestResourceStream(Resource)!);
        var table = new Dictionary<int, string>();
        while (lines.ReadLine() is { } line)
        {
            if (line[0] != '#')
            {
                var points = line.Split(' ').Select(CodePoint).ToList();
                table[points[0]] = string.Concat(points.Skip(1).Select(char.ConvertFromUtf32));
            }
        }

        return table.ToFrozenDictionary();
    }

    static int CodePoint(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    // RFC 5890, section 2.3.2.1: a label of an internationalized domain name in ASCII, of 63 characters at most.
    [GeneratedRegex("xn--[a-z0-9-]{1,59}")]
    private static partial Regex PunycodeLabel();
}
