using System.Text;
using Atrium.Functions.Signing;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.TestWebhooks;
using CsCheck;

namespace Atrium.Functions.Tests.TestWebhooks;

public sealed class ReserialisationTests
{
    const string Id = "msg_0123456789abcdef0123456789abcdef";
    const int Block = 0x800;
    const int CodePoints = 0x110000;
    const int Surrogates = 0xD800 / Block;

    // In UTF-16 units, halves of pairs among them, and more of what serializers treat apart.
    static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Char,
        Gen.Char['\0', '\u00ff'],
        Gen.Char['\ud800', '\udfff'],
        Gen.OneOfConst([.. "\"\\/<&'\u007f\u0085\u2028\ufeff\ufffd"])).Array[0, 30]
        .Select(units => new string(units));

    [Fact]
    public void Whatever_character_it_has_a_body_of_one_serializer_written_again_by_another_is_told_as_such()
    {
        var pairs = (from signed in Serializers.All from received in Serializers.All select (signed, received))
            .ToList();
        var blocks = Enumerable.Range(0, CodePoints / Block).Where(block => block != Surrogates).ToList();
        // Each block of Unicode, and each pair of serializers.
        Parallel.For(0, Math.Max(pairs.Count, blocks.Count), i =>
        {
            var (signed, received) = pairs[i % pairs.Count];
            var text = string.Concat(Enumerable.Range(blocks[i % blocks.Count] * Block, Block)
                .Select(char.ConvertFromUtf32));
            AssertStep(signed.Write(text), received.Write(text),
                $"{signed.Name} as {received.Name}, block {i % blocks.Count}");
        });
    }

    [Fact]
    public void So_it_is_with_any_text_even_with_half_a_surrogate_pair() =>
        Gen.Select(Texts, Gen.OneOfConst([.. Serializers.All]), Gen.OneOfConst([.. Serializers.All]))
            .Sample((text, signed, received) =>
        {
            // What .NET makes of half a pair, U+FFFD, does not tell which half it was.
            var kept = received.Name.StartsWith("System.Text.Json", StringComparison.Ordinal)
                || signed.Name.StartsWith("System.Text.Json", StringComparison.Ordinal)
                ? string.Concat(text.EnumerateRunes())
                : text;
            AssertStep(signed.Write(kept), received.Write(kept), $"{signed.Name} as {received.Name}");
        }, iter: 300);

    [Fact]
    public void A_document_that_grows_a_hundredfold_when_it_is_indented_is_not_written_to_the_end()
    {
        // As large as a request may be: 250,000 numbers, 31 arrays deep.
        var numbers = string.Join(',', Enumerable.Repeat('1', 250_000));
        var json = $"{new string('[', 31)}{numbers}{new string(']', 31)}";

        var forms = JsonForms.Of(json).ToList();

        Assert.NotEmpty(forms);
        Assert.InRange(forms.Sum(form => form.Length), json.Length, JsonForms.MostWritten);
    }

    [Theory]
    [InlineData("{\"a\":\"😀 Zoë\"}", 1252, "Windows-1252")]
    [InlineData("{\"a\":\"Zoë\"}", 28591, "Latin-1")]
    [InlineData("{\"a\":\"ðŸ\"}", 28591, "Latin-1")]
    public void UTF_8_that_was_read_as_something_else_is_told_as_such(string body, int codePage, string says)
    {
        var misread = CodePagesEncodingProvider.Instance.GetEncoding(codePage) ?? Encoding.GetEncoding(codePage);

        AssertStep(body, misread.GetString(Encoding.UTF8.GetBytes(body)), says, says);
    }

    [Fact]
    public void Another_document_is_not_taken_for_the_same()
    {
        foreach (var (name, write) in Serializers.All)
        {
            Assert.True(Judge(write("Jane"), write("Jané")).FailedStep == "secret", name);
        }
    }

    static void AssertStep(string signed, string received, string of, string says = "re-serialised")
    {
        var answer = Judge(signed, received);
        Assert.True(answer.FailedStep == (signed == received ? null : "body"), $"{of}: {answer}");
        Assert.True(signed == received || answer.Explanation.Contains(says, StringComparison.Ordinal),
            $"{of}: {answer}");
    }

    static VerifyAnswer Judge(string signed, string received)
    {
        var timestamp = Some.Time.ToUnixTimeSeconds();
        var headers = new Dictionary<string, string>
        {
            ["webhook-id"] = Id,
            ["webhook-timestamp"] = $"{timestamp}",
            ["webhook-signature"] = StandardWebhooks.Sign(Id, timestamp, Encoding.UTF8.GetBytes(signed), [Some.Secret]),
        };
        return Verification.Verify(headers, Encoding.UTF8.GetBytes(received), [Some.Secret], Some.Time, default);
    }
}
