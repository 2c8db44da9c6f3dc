using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using CsCheck;

namespace Atrium.Functions.Tests.Egress;

/// <summary>What is kept of a receiver's answer has no path and no query, however the receiver writes them.</summary>
public sealed class UrlMaskTests
{
    static readonly Uri Requested = new("https://example.com/hook/s3cret-key?token=t0ken!value");

    // What receivers, frameworks and proxies do to a text that they put into JSON, a page or another URL.
    static readonly Func<string, string>[] Writings =
    [
        text => text,
        Uri.EscapeDataString,
        text => string.Concat(Encoding.UTF8.GetBytes(text).Select(octet => $"%{octet:x2}")),
        text => JsonEncodedText.Encode(text).Value,
        text => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value,
        text => text.Replace("/", "\\/", StringComparison.Ordinal),
        text => string.Concat(text.Select(unit => $"\\u{(int)unit:X4}")),
        HtmlEncoder.Default.Encode,
        text => WebUtility.HtmlEncode(text)!.Replace("/", "&#x2F;", StringComparison.Ordinal),
        text => string.Concat(text.EnumerateRunes().Select(rune => $"&#{rune.Value:d5};")),
    ];

    static readonly Gen<string> Keys = Gen.OneOf(
            Gen.Char.AlphaNumeric.Select(letter => letter.ToString()),
            Gen.OneOfConst(
                "-", "_", ".", "~", "'", "&", "%", "=", "@", ":", "!", "(", "*", "+", " ", "%3c", "&lt;", "\u00e9",
                "\u4e2d", "\ud83d\ude00"))
        .Array[5, 20].Select(parts => $"k{string.Concat(parts)}z");

    static readonly Gen<Func<string, string>> Writing = Gen.OneOfConst(Writings).Array[1, 3].Select(
        writings => (Func<string, string>)(text => writings.Aggregate(text, (written, write) => write(written))));

    [Theory]
    [InlineData("See https://example.org/a/b?c=d for more.", "See https://example.org/… for more.")]
    [InlineData("See https://example.org.", "See https://example.org.")]
    [InlineData("{\"a\":\"http://x/y\",\"b\":1}", "{\"a\":\"http://x/…\",\"b\":1}")]
    [InlineData("https://a/b https://c/d", "https://a/… https://c/…")]
    [InlineData("", "")]
    public void The_rest_of_a_text_stays(string text, string kept) =>
        Assert.Equal(kept, UrlMask.Hide(text, [Requested], isCut: false));

    [Theory]
    [InlineData("No URL: a/b, c:d, 12:30, C:\\x\\new 100% &c. &nbsp; \\o/")]
    [InlineData("{\"text\":\"a\\nb\"}")]
    public void A_text_without_a_URL_stays(string text) =>
        Assert.Equal(text, UrlMask.Hide(text, [Requested], isCut: true));

    [Theory]
    [InlineData("https:\\u002f\\u002fexample.org\\u002fs3cret", "https:\\u002f\\u002fexample.org\\u002f…")]
    [InlineData("https:\\x2f\\x2fexample.org\\x2fs3cret", "https:\\x2f\\x2fexample.org\\x2f…")]
    [InlineData("https:\\\\/\\\\/example.org\\\\/s3cret", "https:\\\\/\\\\/example.org\\\\/…")]
    [InlineData("https%253A%252F%252Fexample.org%252Fs3cret", "https%253A%252F%252Fexample.org%252F…")]
    [InlineData("https%25253a%25252f%25252fexample.org%25252fs3cret",
        "https%25253a%25252f%25252fexample.org%25252f…")]
    [InlineData("https:&#x2F;&#x2F;example.org&#x2F;s3cret&quot;.", "https:&#x2F;&#x2F;example.org&#x2F;…&quot;.")]
    [InlineData("https&#58;&#047;&#047;example.org?s3cret", "https&#58;&#047;&#047;example.org…")]
    [InlineData("https&colon;&sol;&sol;example.org&sol;s3cret", "https&colon;&sol;&sol;example.org&sol;…")]
    [InlineData("https:&amp;#x2F;&amp;#x2F;example.org&amp;#x2F;s3cret",
        "https:&amp;#x2F;&amp;#x2F;example.org&amp;#x2F;…")]
    [InlineData("https:\\u0026#x2F;\\u0026#x2F;example.org/s3cret", "https:\\u0026#x2F;\\u0026#x2F;example.org/…")]
    [InlineData("'https://example.org/s3cret'", "'https://example.org/…")]
    [InlineData("\\u0027https://example.org/s3cret", "\\u0027https://example.org/…")]
    [InlineData("https://example.org/o'brien/s3cret", "https://example.org/…")]
    [InlineData("https://'example.org/s3cret", "https://…")]
    [InlineData("https://it's.example.org/s3cret", "https://it…")]
    [InlineData("https://example.org/a%20s3cret%22s3cret%3Es3cret", "https://example.org/…")]
    [InlineData("https%3A%2F%2Fexample.org%2Fa%2520s3cret", "https%3A%2F%2Fexample.org%2F…")]
    [InlineData("https://jane:s3cret@example.org", "https://…@example.org")]
    [InlineData("https://example.org:s3cret", "https://example.org…")]
    public void Of_a_URL_its_origin_stays_however_it_is_escaped(string text, string kept) =>
        Assert.Equal(kept, UrlMask.Hide(text, [Requested], isCut: false));

    [Theory]
    [InlineData("Cannot POST /hook/s3cret-key?token=t0ken!value", "Cannot POST /…")]
    [InlineData("Cannot POST /hook/s3cret-key.", "Cannot POST /….")]
    [InlineData("<pre>Cannot POST &#x2F;hook&#x2F;S3CRET-KEY</pre>", "<pre>Cannot POST &#x2F;…</pre>")]
    [InlineData("No workflow \"s3cret-key\" (t0ken%21value)", "No workflow \"…\" (…)")]
    [InlineData("{\"path\":\"\\/hook\\/s3cret-key\",\"query\":{\"token\":\"t0ken!value\"}}",
        "{\"path\":\"\\/…\",\"query\":{\"token\":\"…\"}}")]
    [InlineData("Not found: hook, token", "Not found: hook, token")]
    public void Of_the_path_and_query_requested_nothing_stays(string text, string kept) =>
        Assert.Equal(kept, UrlMask.Hide(text, [Requested], isCut: false));

    [Theory]
    [InlineData("https://example.com/", "<p>POST / not allowed</p>", "<p>POST / not allowed</p>")]
    [InlineData("https://example.com/p", "<p>Cannot POST /p</p> in /public, example.com/p",
        "<p>Cannot POST /…</p> in /public, example.com/…")]
    [InlineData("https://example.com/hook?s3cret", "Query: s3cret; hook", "Query: …; hook")]
    [InlineData("https://example.com/?k=my+s3cret", "{\"k\":\"my s3cret\"}", "{\"k\":\"…\"}")]
    [InlineData("https://example.com/my%20key", "my key, my%20key, my+key", "…, …, my+key")]
    [InlineData("https://example.com/n8n-s3cret", "D:\\wwwroot\\n8n-s3cret.", "D:\\wwwroot\\….")]
    public void A_path_or_value_is_hidden_as_a_whole_and_a_short_word_is_not(string url, string text, string kept) =>
        Assert.Equal(kept, UrlMask.Hide(text, [new Uri(url)], isCut: false));

    [Theory]
    [InlineData("Cannot POST /hook/s3cret-k", "Cannot POST …")]
    [InlineData("no s3cret", "no …")]
    [InlineData("no s3cret%2", "no …")]
    [InlineData("no s3cret\\u002", "no …")]
    [InlineData("no s3cret&#4", "no …")]
    [InlineData("no s3cre", "no s3cre")]
    public void The_beginning_of_a_key_is_hidden_where_the_text_was_cut(string text, string kept)
    {
        Assert.Equal(kept, UrlMask.Hide(text, [Requested], isCut: true));
        Assert.Equal(text, UrlMask.Hide(text, [Requested], isCut: false));
    }

    [Fact]
    public void Whatever_the_key_is_and_however_it_comes_back_it_is_hidden() =>
        Gen.Select(Keys, Keys, Writing, Gen.Int[0, 5]).Sample((path, value, write, what) =>
        {
            var url = new Uri(
                $"https://example.com/hook/{Uri.EscapeDataString(path)}?t={Uri.EscapeDataString(value)}");
            var echo = what switch
            {
                0 => url.AbsoluteUri,
                1 => url.PathAndQuery,
                2 => url.AbsolutePath,
                3 => $"/hook/{path}",
                4 => value,
                _ => Uri.EscapeDataString(value),
            };

            var kept = UrlMask.Hide($"Before \"{write(echo)}\" after.", [url], isCut: false);

            Assert.StartsWith("Before \"", kept, StringComparison.Ordinal);
            Assert.EndsWith("\" after.", kept, StringComparison.Ordinal);
            Assert.Contains('…', kept);
            foreach (var key in new[] { path, value, Uri.EscapeDataString(path), Uri.EscapeDataString(value) })
            {
                Assert.DoesNotContain(write(key), kept, StringComparison.Ordinal);
                Assert.DoesNotContain(key, DecodedText.Of(kept, Escapes.Letters).Text, StringComparison.Ordinal);
            }
        }, iter: 2_000);

    [Fact]
    public void A_text_that_names_nothing_stays_whatever_its_escapes_are() => Gen.OneOfConst(
            "%", "%4", "%41", "%c3", "%C3%A9", "%20", "&", "&amp;", "&#", "&#x2f;", "&#xfffffff;", "&none;", "\\",
            "\\u00", "\\ud83d", "\\x2f", "\\n", "\"", "'", " ", "/", "<", "a", "\ud83d", "\u00e9")
        .Array[0, 20].Select(string.Concat)
        .Where(text => !DecodedText.Of(text, Escapes.Letters).Text.Contains("//", StringComparison.Ordinal))
        .Sample(text => Assert.Equal(text, UrlMask.Hide(text, [Requested], isCut: true)));

    [Theory]
    [InlineData("a")]
    [InlineData("ab")]
    [InlineData("/aaaaaa")]
    public void An_answer_that_repeats_a_URL_of_hundreds_of_parts_takes_little_memory(string repeated)
    {
        // As long as a Location may be. Its parts differ in case or in length, and each is in the text at each place.
        var parts = Enumerable.Range(0, 253).Select(number => string.Concat(Enumerable.Range(0, 6 + number / 64)
            .Select(at => (number >> (at % 6) & 1) == 0 ? 'a' : at % 2 == 0 ? 'A' : 'b')));
        var location = new Uri($"https://example.com/{string.Join('/', parts)}"[..2_048]);
        var text = string.Concat(Enumerable.Repeat(repeated, 16 * 1024 / repeated.Length));
        _ = UrlMask.Hide(text, [Requested, location], isCut: true);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var kept = UrlMask.Hide(text, [Requested, location], isCut: true);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
        Assert.DoesNotContain(parts.First(), kept, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_mark_stands_where_the_part_stood()
    {
        const string text = "%C3%A9 &amp;#x2F; \\u002f\ud83d\ude00 x";
        var decoded = DecodedText.Of(text, Escapes.Letters);
        Assert.Equal("\u00e9 / /\ud83d\ude00 x", decoded.Text);
        Assert.Equal("_ / _\ud83d\ude00 _".Replace("/", "&amp;#x2F;", StringComparison.Ordinal),
            Without((4, 5), (0, 1), (8, 9)));
        Assert.Equal("_x", Without((2, 8), (0, 3)));

        string Without(params (int, int)[] parts) => DecodedText.Without(text, parts.Select(decoded.Place), "_");
    }
}
