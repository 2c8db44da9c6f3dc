using System.Globalization;
using System.Text;
using Atrium.Functions.Http;

namespace Atrium.Functions.Tests.Http;

public sealed class InvisibleCharactersTests
{
    // Of Unicode's property Default_Ignorable_Code_Point, and others that show nothing; by hand from its files.
    public static TheoryData<int> Invisible =>
    [
        0x00, 0x09, 0x0A, 0x0D, 0x1B, 0x7F, 0x80, 0x85, 0x9F, 0xA0, 0xAD, 0x034F, 0x061C, 0x115F, 0x1160, 0x1680,
        0x17B4, 0x17B5, 0x180B,
        0x180E, 0x180F, 0x2000, 0x2003, 0x200A, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202E,
        0x202F, 0x205F,
        0x2060, 0x2064, 0x2066, 0x2069, 0x206F, 0x2800, 0x3000, 0x3164, 0xFE00, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9,
        0x1D173, 0xE0001, 0xE0020,
        0xE007F, 0xE0100, 0xE01EF,
    ];

    [Theory]
    [MemberData(nameof(Invisible))]
    public void What_shows_nothing_is_invisible(int character) =>
        Assert.True(InvisibleCharacters.Is(new Rune(character)));

    [Fact]
    public void What_shows_something_is_not() => Assert.DoesNotContain(
        Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(value => new Rune(value))
            .Where(InvisibleCharacters.Is),
        character =>
            Rune.GetUnicodeCategory(character) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.UppercaseLetter
            or UnicodeCategory.LowercaseLetter or UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol
            or UnicodeCategory.DashPunctuation or UnicodeCategory.OtherPunctuation || character.Value == ' ');

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("\u200b")]
    [InlineData("\u3164\u3164")]
    [InlineData(" \u2800\ufe0f\t\u00a0")]
    [InlineData("\U000E0041")]
    public void A_text_of_such_characters_alone_has_nothing_to_be_seen(string text) =>
        Assert.True(InvisibleCharacters.AreAllOf(text));

    [Theory]
    [InlineData("a")]
    [InlineData(" . ")]
    [InlineData("\u200b-")]
    [InlineData("😀")]
    public void Another_has(string text) => Assert.False(InvisibleCharacters.AreAllOf(text));

    [Theory]
    [InlineData("plain", null)]
    [InlineData("😀\u200b", "character 2, U+200B ZERO WIDTH SPACE")]
    [InlineData("e\u0301\u2060x", "character 3, U+2060 WORD JOINER")]
    [InlineData("ab\u202e", "character 3, U+202E RIGHT-TO-LEFT OVERRIDE")]
    [InlineData("a\U000E0100b", "character 2, U+E0100")]
    public void The_first_is_named_with_its_place(string text, string? place) =>
        Assert.Equal(place, InvisibleCharacters.Place(text, InvisibleCharacters.Is));

    [Fact]
    public void What_can_be_seen_is_not_repeated() =>
        Assert.Equal("character 3", InvisibleCharacters.Place("s3cr3t", character => character.Value == 'c'));

    [Theory]
    [InlineData("می\u200cخواهم")]
    [InlineData("👩\u200d💻 hooks")]
    [InlineData("❤\ufe0f CRM")]
    [InlineData("\u200fשלום\u200e")]
    [InlineData("葛\U000E0100飾区")]
    [InlineData("山田\u3000太郎")]
    [InlineData("Prix\u00a0: 5\u202f€")]
    [InlineData("क्\u200dष")]
    public void What_a_language_needs_is_not_stray(string text) =>
        Assert.Null(InvisibleCharacters.Place(text, InvisibleCharacters.IsStray));

    [Theory]
    [InlineData("a\u200bb")]
    [InlineData("a\u00adb")]
    [InlineData("\ufeffa")]
    [InlineData("a\u202eb")]
    [InlineData("a\u2066b")]
    [InlineData("a\nb")]
    [InlineData("a\u2028b")]
    [InlineData("a\u3164")]
    [InlineData("a\U000E0041")]
    [InlineData("a\0")]
    public void What_none_needs_is(string text) => Assert.Equal(
        InvisibleCharacters.Place(text, InvisibleCharacters.Is),
        InvisibleCharacters.Place(text, InvisibleCharacters.IsStray));
}
