using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using CsCheck;

namespace Atrium.Functions.Tests.Egress;

/// <summary>No value of a custom header is kept of an answer, however the receiver writes it.</summary>
public sealed class EchoTests
{
    const string Token = "q7Zb/9xKd+Lm3R/t8w==";

    const string Scheme = "Bearer ";

    // What languages and libraries make of a text that they write into JSON, a page, a script or a URL.
    static readonly Dictionary<string, Func<string, string>> Writings = new()
    {
        ["as it is"] = text => text,
        [".NET's JSON"] = text => JsonEncodedText.Encode(text).Value,
        [".NET's relaxed JSON"] =
            text => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value,
        ["PHP's JSON"] = text => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value
            .Replace("/", "\\/", StringComparison.Ordinal),
        ["Gson"] = text => text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("=", "\\u003d", StringComparison.Ordinal),
        ["JSON in ASCII"] = text => string.Concat(text.Select(unit => $"\\u{(int)unit:x4}")),
        ["a script"] = text => string.Concat(
            text.Select(unit => char.IsAsciiLetterOrDigit(unit) ? $"{unit}" : $"\\x{(int)unit:x2}")),
        [".NET's HTML"] = HtmlEncoder.Default.Encode,
        ["Handlebars"] = text => WebUtility.HtmlEncode(text).Replace("/", "&#x2F;", StringComparison.Ordinal)
            .Replace("=", "&#x3D;", StringComparison.Ordinal).Replace("`", "&#x60;", StringComparison.Ordinal),
        ["HTML by names"] = text => text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("/", "&sol;", StringComparison.Ordinal).Replace("+", "&plus;", StringComparison.Ordinal)
            .Replace("=", "&equals;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal),
        ["HTML by numbers"] = text => string.Concat(text.Select(unit => $"&#{(int)unit:d4};")),
        ["a query"] = Uri.EscapeDataString,
        ["a query with small digits"] = text => Percent(text, "", "x2"),
        ["Python's quote"] = text => Percent(text, "/_.-~", "X2"),
        ["a form"] = text => Percent(text, " ", "X2").Replace(' ', '+'),
        ["read as a form"] = text => text.Replace('+', ' '),
    };

    static readonly Gen<string> Values = Gen.OneOf(
            Gen.Char.AlphaNumeric.Select(letter => letter.ToString()),
            Gen.OneOfConst(
                "/", "+", "=", "%", "%2f", "%2541", "&", "&amp;", "&#47;", "\\", "\\n", "\\u0041", "\\/", "\"", "'",
                " ", "-", "<", ">", ";", "`", "~", "#"))
        .Array[6, 20].Select(parts => $"k7{string.Concat(parts)}z9");

    static readonly Gen<Func<string, string>> Writing =
        Gen.OneOfConst([.. Writings.Values.Except([Writings["read as a form"]])]).Array[1, 3].Select(
            writings => (Func<string, string>)(text => writings.Aggregate(text, (written, write) => write(written))));

    public static TheoryData<string> Names => [.. Writings.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_is_sent_back_is_hidden_however_it_is_written(string name)
    {
        foreach (var write in new[] { Writings[name], text => Writings[name](Writings[name](text)) })
        {
            var (echo, body) = (write(Token), $"Before \"{write(Scheme + Token)}\", {write(Token)} after.");
            await using var receiver = RawReceiver.Answering(
                $"HTTP/1.1 302 Found\r\nX-Echo: {echo}\r\nLocation: /?of={Uri.EscapeDataString(echo)}\r\n"
                + $"Content-Length: {body.Length}\r\n\r\n{body}");
            using var rig = new EgressRig();

            var exchange = await rig.SendAsync(new OutgoingRequest(receiver.Url, "msg_1", 1, "{}"u8.ToArray())
            {
                CustomHeaders = new Dictionary<string, string> { ["Authorization"] = Scheme + Token },
            });

            Assert.Equal("Before \"***\", *** after.", exchange.Body.Text());
            Assert.Equal("***", exchange.Headers.Single(header => header.Key == "X-Echo").Value);
            Assert.EndsWith("/?of=***", exchange.Location, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_the_end_of_an_answer_cut_off_is_hidden_too(string name)
    {
        var written = Writings[name](Token);
        for (var kept = 0; kept <= written.Length; kept++)
        {
            var shown = Hidden("See " + written[..kept], Scheme + Token, isCut: true);

            Assert.StartsWith("See ", shown, StringComparison.Ordinal);
            Assert.DoesNotContain(Token[..6], Decoded(shown), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Whatever_the_value_is_and_however_it_is_written_it_is_hidden() =>
        Gen.Select(Values, Writing).Sample((value, write) =>
        {
            var shown = Hidden($"Before [{write(value)}] after.", value);

            Assert.StartsWith("Before [", shown, StringComparison.Ordinal);
            Assert.EndsWith("] after.", shown, StringComparison.Ordinal);
            Assert.DoesNotContain(write(value), shown, StringComparison.Ordinal);
            Assert.DoesNotContain(value, Decoded(shown), StringComparison.Ordinal);
            Assert.Contains("***", shown, StringComparison.Ordinal);
        }, iter: 2_000);

    [Theory]
    [InlineData("C:\\nightly-k3y\\x", "nightly-k3y", "C:\\***\\x")]
    [InlineData("{\"user\":\"ACME\\\\bright-k3y\"}", "bright-k3y", "{\"user\":\"ACME\\\\***\"}")]
    [InlineData("{\"text\":\"a\\nbright-k3y\"}", "bright-k3y", "{\"text\":\"a\\n***\"}")]
    [InlineData("{\"text\":\"C:\\\\k3y-folder\\\\\"}", "C:\\k3y-folder\\", "{\"text\":\"***\\\\\"}")]
    [InlineData("100%41s3cr3t", "41s3cr3t", "100%***")]
    [InlineData("A true word stays.", "true", "A true word stays.")]
    [InlineData("Six      spaces", "++++++", "Six      spaces")]
    public void It_is_found_behind_what_looks_like_an_escape_and_nothing_else_is(
        string text, string value, string shown) => Assert.Equal(shown, Hidden(text, value));

    [Theory]
    [InlineData("a")]
    [InlineData("%61")]
    [InlineData("%252561")]
    [InlineData("&amp;amp;#97;")]
    [InlineData("\\\\u0061")]
    public void An_answer_that_repeats_a_value_takes_little_memory(string repeated)
    {
        var values = Enumerable.Range(0, 10).Select(number => new string('a', 1_024 - number)).ToList();
        var text = string.Concat(Enumerable.Repeat(repeated, ExcerptReader.MaxLength / repeated.Length));
        _ = Hidden(text, values, isCut: true);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var shown = Hidden(text, values, isCut: true);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16_000_000);
        Assert.Equal("***", shown);
    }

    // Each nested escape can be read in several ways.
    [Fact]
    public void Of_values_with_more_forms_than_can_be_looked_for_nothing_of_the_answer_is_shown()
    {
        var values = Enumerable.Range(0, 15).Select(number => $"key{number}+%25252525252541\\").ToList();

        Assert.Equal("***", Hidden("No such path.", values, isCut: false));
    }

    static string Hidden(string text, string value, bool isCut = false) => Hidden(text, [value], isCut);

    static string Hidden(string text, IEnumerable<string> values, bool isCut) => Echo.Hide(
        new() { Explanation = "", Body = new(Encoding.UTF8.GetBytes(text), isCut) }, values).Body.Text();

    static string Decoded(string text) => DecodedText.Of(text, Escapes.UrlEnds).Text;

    static string Percent(string text, string kept, string format) => string.Concat(text.Select(
        unit => char.IsAsciiLetterOrDigit(unit) || kept.Contains(unit, StringComparison.Ordinal)
            ? $"{unit}"
            : "%" + ((int)unit).ToString(format, null)));
}
