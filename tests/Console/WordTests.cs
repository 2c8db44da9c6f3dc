using System.Text.Json;
using System.Text.RegularExpressions;
using Atrium.Functions.Http;

namespace Atrium.BrowserTests;

/// <summary>The page speaks the admin's words, and never those of queues and developers.</summary>
public sealed partial class WordTests
{
    public static TheoryData<string> Files { get; } = new(
        Directory.GetFiles(Repository.PathOf("src", "Console", "messages"), "*.ts")
            .Select(file => Path.GetFileName(file)).Where(name => name.Contains("en.ts") || name.Contains("de.ts")));

    [Theory]
    [MemberData(nameof(Files))]
    public void No_sentence_has_a_word_that_admins_do_not_know(string file)
    {
        var sentences = Literals().Matches(
            File.ReadAllText(Repository.PathOf("src", "Console", "messages", file))).Select(literal => literal.Value);

        Assert.NotEmpty(sentences);
        Assert.DoesNotContain(sentences, sentence => Forbidden().IsMatch(sentence));
    }

    // What the page gets wrong only once the app has changed: it says then that it is out of date.
    static readonly IReadOnlyList<FieldErrorCode> OutOfDate =
    [
        FieldErrorCode.Conflicting, FieldErrorCode.Unknown, FieldErrorCode.UnknownValue, FieldErrorCode.WrongType,
        FieldErrorCode.InvalidJson, FieldErrorCode.InvalidCursor,
    ];

    [Theory]
    [InlineData("en.ts")]
    [InlineData("de.ts")]
    public void Each_kind_of_fault_in_a_field_has_a_sentence(string file)
    {
        var text = File.ReadAllText(Repository.PathOf("src", "Console", "messages", file));
        var sentences = text[text.IndexOf("  fieldErrors: {", StringComparison.Ordinal)..];

        Assert.All(Enum.GetValues<FieldErrorCode>().Except(OutOfDate), code => Assert.Contains(
            $"\n    {JsonNamingPolicy.SnakeCaseLower.ConvertName($"{code}")}: ", sentences, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("advice.en.ts")]
    [InlineData("advice.de.ts")]
    public void Each_way_in_which_an_attempt_fails_has_words(string file)
    {
        var text = File.ReadAllText(Repository.PathOf("src", "Console", "messages", file));
        var start = text.IndexOf("byErrorClass", StringComparison.Ordinal);
        var words = text[start..text.IndexOf("byStatus", start, StringComparison.Ordinal)];

        using var document = JsonDocument.Parse(
            File.ReadAllText(Repository.PathOf("src", "Atrium.Functions", "Operations", "openapi.json")));
        var classes = document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("ErrorClass")
            .GetProperty("enum").EnumerateArray().Select(one => one.GetString()).OfType<string>();
        Assert.Equal(
            classes.Order(StringComparer.Ordinal),
            Advice().Matches(words).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("en.ts", "", "does not check the signature")]
    [InlineData("de.ts", "de", "prüft die Signatur nicht")]
    public void Tools_that_cannot_check_a_signature_are_those_whose_guides_say_so(
        string file, string folder, string sentence)
    {
        var text = File.ReadAllText(Repository.PathOf("src", "Console", "messages", file));
        var start = text.IndexOf("noneWarning: ", StringComparison.Ordinal);
        var warning = text[start..text.IndexOf("headers: ", start, StringComparison.Ordinal)];
        var guides = Directory.GetFiles(Repository.PathOf("docs", "recipes", folder), "*.md")
            .Select(File.ReadAllText).ToDictionary(guide => guide.Split('\n')[0].TrimStart('#', ' '));

        var named = guides.Keys.Where(tool => warning.Contains(tool, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(named);
        Assert.Equal(
            guides.Keys.Where(tool => guides[tool].Contains(sentence, StringComparison.Ordinal)), named);
    }

    // The same advice stands under a test, and under the last attempt of an event.
    [Theory]
    [InlineData("advice.en.ts")]
    [InlineData("advice.de.ts")]
    [InlineData("todo.en.ts")]
    [InlineData("todo.de.ts")]
    public void Advice_on_an_attempt_promises_no_other(string file) => Assert.DoesNotMatch(
        "Atrium (tries|waits|versucht|wartet)",
        File.ReadAllText(Repository.PathOf("src", "Console", "messages", file)));

    [GeneratedRegex(@"\b(\w+): '")]
    private static partial Regex Advice();

    [GeneratedRegex(@"'(?:[^'\\\n]|\\.)*'|`[^`]*`")]
    private static partial Regex Literals();

    [GeneratedRegex(
        @"\b(subscription|endpoint|topic|deliver(y|ies)\b|message|dead.?letter|DLQ|poison|replay|discard|purge|parked
            |HMAC|Abonnement|Endpunkt|Thema|Zustellung|Nachricht|geparkt|verwerfen)",
        RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Forbidden();
}
