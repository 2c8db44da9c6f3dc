using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Atrium.Functions.Http;

/// <summary>How escapes are read that can mean two things.</summary>
[Flags]
internal enum Escapes
{
    /// <summary>Only those that mean one thing.</summary>
    Sure = 0,

    /// <summary><c>\b</c>, <c>\f</c>, <c>\n</c>, <c>\r</c> and <c>\t</c> are a space, and not letters of a name behind
    /// a backslash.</summary>
    Letters = 1,

    /// <summary>What ends a URL is decoded too. It is a part of one while it is percent-encoded.</summary>
    UrlEnds = 2,

    /// <summary>A plus before a percent-encoded at sign is a space, as in a form.</summary>
    Form = 4,
}

/// <summary>
/// A text without the escapes of JSON, HTML and URLs, and where each of its characters stands in the text as it came.
/// Pure.
/// </summary>
internal sealed partial class DecodedText
{
    // HTML in JSON in a query, twice. With more levels, people could not read it either.
    const int MaxDepth = 6;

    // The names of HTML 5 for ASCII punctuation. The framework knows only those of HTML 4.
    static readonly FrozenDictionary<string, string> Html5 = new Dictionary<string, string>
    {
        ["&excl;"] = "!",
        ["&QUOT;"] = "\"",
        ["&num;"] = "#",
        ["&dollar;"] = "$",
        ["&percnt;"] = "%",
        ["&AMP;"] = "&",
        ["&lpar;"] = "(",
        ["&rpar;"] = ")",
        ["&ast;"] = "*",
        ["&midast;"] = "*",
        ["&plus;"] = "+",
        ["&comma;"] = ",",
        ["&hyphen;"] = "-",
        ["&period;"] = ".",
        ["&sol;"] = "/",
        ["&colon;"] = ":",
        ["&semi;"] = ";",
        ["&LT;"] = "<",
        ["&equals;"] = "=",
        ["&GT;"] = ">",
        ["&quest;"] = "?",
        ["&commat;"] = "@",
        ["&lsqb;"] = "[",
        ["&lbrack;"] = "[",
        ["&bsol;"] = "\\",
        ["&rsqb;"] = "]",
        ["&rbrack;"] = "]",
        ["&Hat;"] = "^",
        ["&lowbar;"] = "_",
        ["&UnderBar;"] = "_",
        ["&grave;"] = "`",
        ["&DiacriticalGrave;"] = "`",
        ["&lcub;"] = "{",
        ["&lbrace;"] = "{",
        ["&verbar;"] = "|",
        ["&vert;"] = "|",
        ["&VerticalLine;"] = "|",
        ["&rcub;"] = "}",
        ["&rbrace;"] = "}",
        ["&Tab;"] = " ",
        ["&NewLine;"] = " ",
    }.ToFrozenDictionary();

    readonly int[] starts;
    Match? unfinished;

    DecodedText(string text, int[] starts) => (Text, this.starts) = (text, starts);

    /// <summary>The text without escapes.</summary>
    public string Text { get; }

    /// <summary>The text as it came.</summary>
    public static DecodedText AsItCame(string text) => new(text, [.. Enumerable.Range(0, text.Length + 1)]);

    /// <summary>The text without any escape.</summary>
    public static DecodedText Of(string text, Escapes escapes) => Readings(text, escapes).Last();

    /// <summary>
    /// The text as its sender may have meant it: without the escapes of JSON and HTML; then with one level of percent
    /// encoding after the other taken away.
    /// </summary>
    public static IEnumerable<DecodedText> Readings(string text, Escapes escapes)
    {
        var reading = AsItCame(text).WithoutJsonAndHtml(escapes);
        yield return reading;
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            var next = reading.WithoutPercents(escapes);
            if (next == reading)
            {
                yield break;
            }

            reading = next.WithoutJsonAndHtml(escapes);
            yield return reading;
        }
    }

    /// <summary>Where a part of <see cref="Text"/> stands in the text as it came.</summary>
    public (int Start, int End) Place((int Start, int End) part) => (starts[part.Start], starts[part.End]);

    /// <summary>All places in <see cref="Text"/> where a word stands, those that overlap included.</summary>
    public IEnumerable<(int Start, int End)> Places(string word, StringComparison comparison)
    {
        for (var at = -1; (at = Text.IndexOf(word, at + 1, comparison)) >= 0;)
        {
            yield return (at, at + word.Length);
        }
    }

    /// <summary>
    /// Where the beginning of a word stands that the end of the text cut off, an unfinished escape included.
    /// </summary>
    /// <param name="word">The word, as it is in <see cref="Text"/>.</param>
    /// <param name="minLength">The shortest beginning.</param>
    /// <param name="comparison">How the two are compared.</param>
    public (int Start, int End)? CutAtEnd(string word, int minLength, StringComparison comparison)
    {
        unfinished ??= UnfinishedEscape().Match(Text);
        foreach (var end in unfinished.Success ? new[] { Text.Length, unfinished.Index } : [Text.Length])
        {
            for (var length = Math.Min(word.Length - 1, end); length >= minLength; length--)
            {
                if (Text.AsSpan(0, end).EndsWith(word.AsSpan(0, length), comparison))
                {
                    return (end - length, Text.Length);
                }
            }
        }

        return null;
    }

    /// <summary>A text with a mark in place of some parts.</summary>
    /// <param name="text">The text as it came.</param>
    /// <param name="places">The parts. Those that overlap or touch get one mark.</param>
    /// <param name="mark">The mark.</param>
    public static string Without(string text, IEnumerable<(int Start, int End)> places, string mark)
    {
        // There can be a million, so none is kept: for each place, only how far the longest goes that begins there.
        var ends = Enumerable.Repeat(-1, text.Length + 1).ToArray();
        foreach (var place in places)
        {
            ends[place.Start] = Math.Max(ends[place.Start], place.End);
        }

        var (kept, end) = (new StringBuilder(), 0);
        for (var start = 0; start < ends.Length; start++)
        {
            if (ends[start] < 0)
            {
                continue;
            }

            if (start > end || end == 0)
            {
                kept.Append(text, end, start - end).Append(mark);
            }

            end = Math.Max(end, ends[start]);
        }

        return kept.Append(text, end, text.Length - end).ToString();
    }

    DecodedText WithoutJsonAndHtml(Escapes escapes)
    {
        var (reading, before) = (this, (DecodedText?)null);
        for (var depth = 0; depth < MaxDepth && reading != before; depth++)
        {
            (before, reading) = (reading, reading.Replaced(JsonOrHtml(), escape => Plain(escape, escapes)));
        }

        return reading;
    }

    DecodedText WithoutPercents(Escapes escapes)
    {
        var read = escapes.HasFlag(Escapes.Form) ? Replaced(FormSpace(), _ => [(" ", 0)]) : this;
        return read.Replaced(
            escapes.HasFlag(Escapes.UrlEnds) ? AnyPercents() : Percents(), escape => Decoded(escape.Value));
    }

    /// <returns>This, when nothing in it changes.</returns>
    DecodedText Replaced(Regex pattern, Func<Match, IEnumerable<(string Characters, int Offset)>> decode)
    {
        var first = pattern.Match(Text);
        if (!first.Success)
        {
            return this;
        }

        var (text, places, end) = (new StringBuilder(Text.Length), new List<int>(Text.Length + 1), 0);
        for (var escape = first; escape.Success; escape = escape.NextMatch())
        {
            Keep(escape.Index);
            foreach (var (characters, offset) in decode(escape))
            {
                text.Append(characters);
                places.AddRange(Enumerable.Repeat(starts[escape.Index + offset], characters.Length));
            }

            end = escape.Index + escape.Length;
        }

        Keep(Text.Length);
        places.Add(starts[^1]);
        var decoded = text.ToString();
        return decoded == Text ? this : new(decoded, [.. places]);

        void Keep(int until)
        {
            text.Append(Text, end, until - end);
            places.AddRange(starts.AsSpan(end..until));
        }
    }

    static IEnumerable<(string Characters, int Offset)> Plain(Match escape, Escapes escapes) => escape switch
    {
        _ when escape.Groups["code"] is { Success: true } code =>
            [($"{(char)ushort.Parse(code.ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)}", 0)],
        _ when escape.Groups["itself"] is { Success: true } itself => [(itself.Value, 0)],
        _ when escape.Groups["letter"] is { Success: true } letter =>
            escapes.HasFlag(Escapes.Letters) ? [(" ", 0)] : [("\\", 0), (letter.Value, 1)],
        _ => [(Html5.GetValueOrDefault(escape.Value) ?? WebUtility.HtmlDecode(escape.Value), 0)],
    };

    static IEnumerable<(string Characters, int Offset)> Decoded(string run)
    {
        var bytes = Convert.FromHexString(run.Replace("%", "", StringComparison.Ordinal));
        for (int at = 0, length; at < bytes.Length; at += length)
        {
            Rune.DecodeFromUtf8(bytes.AsSpan(at), out var rune, out length);
            yield return (rune.ToString(), 3 * at);
        }
    }

    [GeneratedRegex(
        """
        \\(?:u(?<code>[0-9a-f]{4})|x(?<code>[0-9a-f]{2})|(?<itself>["'/\\])|(?<letter>[bfnrt]))
        | &(?:\#x[0-9a-f]{1,8}|\#[0-9]{1,8}|[a-z][a-z0-9]{1,15});
        """, RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex JsonOrHtml();

    [GeneratedRegex("(?:%[0-9a-f]{2})+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AnyPercents();

    [GeneratedRegex(
        "(?:%(?![01][0-9a-f]|20|22|3c|3e|7f)[0-9a-f]{2})+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Percents();

    // No local part has more than 64 characters (RFC 5321), each of up to 12 when it is percent-encoded.
    [GeneratedRegex(@"\+(?=[^+@\s]{1,768}?%40)")]
    private static partial Regex FormSpace();

    [GeneratedRegex(
        """(?:%[0-9a-f]?|(?<!\\)(?>\\+)(?:u[0-9a-f]{0,3}|x[0-9a-f]?)?|&[\#a-z0-9]{0,16})\z""",
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex UnfinishedEscape();
}
