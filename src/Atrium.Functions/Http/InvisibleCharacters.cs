using System.Globalization;
using System.Text;

namespace Atrium.Functions.Http;

/// <summary>
/// Characters that nobody can see, and that come along when a text is copied out of a mail or a document: controls,
/// format characters, separators and spaces other than U+0020, and what fonts leave out or blank.
/// </summary>
internal static class InvisibleCharacters
{
    // Letters, marks and symbols that show nothing: Default_Ignorable_Code_Point of Unicode 17, as far as its general
    // categories do not tell, and the blank braille pattern.
    static readonly (int First, int Last)[] Blank =
    [
        (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2065, 0x2065), (0x2800, 0x2800),
        (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF),
    ];

    // Characters that change the letters, emoji or direction around them, so that a text without them is another text:
    // the joiners (Persian, Indic scripts, emoji), the marks of direction, selectors of variants (emoji, Mongolian,
    // kanji of names), the signs that Arabic and Syriac put around numbers, and the spaces that are wider or narrower.
    static readonly (int First, int Last)[] Needed =
    [
        (0x00A0, 0x00A0), (0x034F, 0x034F), (0x0600, 0x0605), (0x061C, 0x061C), (0x06DD, 0x06DD), (0x070F, 0x070F),
        (0x0890, 0x0891), (0x08E2, 0x08E2), (0x180B, 0x180F), (0x2000, 0x200A), (0x200C, 0x200F), (0x202F, 0x202F),
        (0x205F, 0x205F), (0x3000, 0x3000), (0xFE00, 0xFE0F), (0x110BD, 0x110BD), (0x110CD, 0x110CD),
        (0xE0100, 0xE01EF),
    ];

    // The common ones. Others are named by their number.
    static readonly Dictionary<int, string> Names = new()
    {
        [0x0000] = "NULL",
        [0x0009] = "TAB",
        [0x000A] = "LINE FEED",
        [0x000D] = "CARRIAGE RETURN",
        [0x00A0] = "NO-BREAK SPACE",
        [0x00AD] = "SOFT HYPHEN",
        [0x200B] = "ZERO WIDTH SPACE",
        [0x200C] = "ZERO WIDTH NON-JOINER",
        [0x200D] = "ZERO WIDTH JOINER",
        [0x200E] = "LEFT-TO-RIGHT MARK",
        [0x200F] = "RIGHT-TO-LEFT MARK",
        [0x2028] = "LINE SEPARATOR",
        [0x2029] = "PARAGRAPH SEPARATOR",
        [0x202A] = "LEFT-TO-RIGHT EMBEDDING",
        [0x202B] = "RIGHT-TO-LEFT EMBEDDING",
        [0x202C] = "POP DIRECTIONAL FORMATTING",
        [0x202D] = "LEFT-TO-RIGHT OVERRIDE",
        [0x202E] = "RIGHT-TO-LEFT OVERRIDE",
        [0x202F] = "NARROW NO-BREAK SPACE",
        [0x2060] = "WORD JOINER",
        [0x3000] = "IDEOGRAPHIC SPACE",
        [0x3164] = "HANGUL FILLER",
        [0xFE0F] = "VARIATION SELECTOR-16",
        [0xFEFF] = "ZERO WIDTH NO-BREAK SPACE (byte order mark)",
    };

    /// <summary>Whether a character is invisible. A space between others is visible.</summary>
    public static bool Is(Rune character) => Rune.GetUnicodeCategory(character) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format => true,
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        UnicodeCategory.SpaceSeparator => character.Value != ' ',
        _ => IsIn(Blank, character),
    };

    /// <summary>
    /// Whether a character is invisible and no language needs it, so that a text without it is the same.
    /// </summary>
    public static bool IsStray(Rune character) => Is(character) && !IsIn(Needed, character);

    /// <summary>Whether a character is a space other than U+0020, or only says in which direction to read.</summary>
    public static bool IsSpaceOrDirection(Rune character) => character.Value is 0x061C or 0x200E or 0x200F
        || (Rune.GetUnicodeCategory(character) == UnicodeCategory.SpaceSeparator && character.Value != ' ');

    /// <summary>Whether a text shows nothing. True for the empty text.</summary>
    public static bool AreAllOf(string text) =>
        text.EnumerateRunes().All(character => character.Value == ' ' || Is(character));

    /// <summary>
    /// Names the first character of a kind in a text: its place, from 1, and what it is if it is invisible. A visible
    /// one is not repeated, because it may be a part of a secret.
    /// </summary>
    /// <param name="isSought">Whether a character is of that kind.</param>
    /// <param name="before">How many characters came before the text in the original; 0 or more.</param>
    /// <returns>Such as <c>character 24, U+200B ZERO WIDTH SPACE</c>; null when there is none.</returns>
    public static string? Place(string text, Func<Rune, bool> isSought, int before = 0)
    {
        var number = before;
        foreach (var character in text.EnumerateRunes())
        {
            number++;
            if (isSought(character))
            {
                return Is(character) ? $"character {number}, {Name(character)}" : $"character {number}";
            }
        }

        return null;
    }

    static string Name(Rune character) =>
        $"U+{character.Value:X4} {Names.GetValueOrDefault(character.Value)}".TrimEnd();

    static bool IsIn((int First, int Last)[] ranges, Rune character) =>
        ranges.Any(range => character.Value >= range.First && character.Value <= range.Last);
}
