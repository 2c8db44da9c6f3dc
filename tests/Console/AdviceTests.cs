using Atrium.Functions.Egress;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>Whose fault a failure is, and what to do about it, by what the app says of it.</summary>
public sealed class AdviceTests(FakeServer server) : BrowserTests, IClassFixture<FakeServer>
{
    const string Host = "hooks.example.com";
    const string NothingCame = "\"errorClass\":\"refused\",\"explanation\":\"The receiver refused the connection.\"";

    [Theory]
    [InlineData(nameof(ConnectionPhase.Dns), "The name in the URL cannot be found on the internet.")]
    [InlineData(nameof(ConnectionPhase.Connect), "The receiver cannot be reached from the internet.")]
    [InlineData(nameof(ConnectionPhase.Tls), "No secure connection could be made.")]
    [InlineData(nameof(ConnectionPhase.None), "The receiver did not answer in time.")]
    public async Task A_time_out_is_said_to_be_of_the_step_in_which_it_came_about(string phase, string sentence)
    {
        var explanation = Explanation.TimedOut(Host, Enum.Parse<ConnectionPhase>(phase), TimeSpan.FromSeconds(10));

        await SaysAsync("en", "https://refused.example.com", sentence, (NothingCame, Failed("timeout", explanation)));
    }

    [Theory]
    [InlineData("en", "The receiver’s answer cannot be read.")]
    [InlineData("de", "Die Antwort des Empfängers ist nicht lesbar.")]
    public async Task What_is_no_answer_of_a_web_server_is_told_in_the_language_of_the_page(
        string language, string sentence) =>
        await SaysAsync(
            language, "https://refused.example.com", sentence,
            (NothingCame, Failed("http", Explanation.NotHttp(Host))));

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(422)]
    public async Task An_answer_that_speaks_of_the_signature_is_said_to_refuse_it(int status) => await SaysAsync(
        "en", "https://hooks.zapier.com/hooks/catch/1/ab",
        $"The receiver answered {status}: the receiver does not accept the signature.",
        ("\"status\":404", $"\"status\":{status}"),
        ("404: …", Explanation.Answered(status, null, "Invalid signature")));

    static string Failed(string errorClass, string explanation) =>
        $"\"errorClass\":\"{errorClass}\",\"explanation\":\"{explanation}\"";

    async Task SaysAsync(string language, string url, string sentence, params (string Old, string New)[] replaced)
    {
        var tab = await OpenAsync();
        await new Stage(tab, isPseudo: false).ReplaceAsync("test-webhook", replaced);
        await tab.VisitAsync(server.Address, $"session=atp_demo-{Guid.NewGuid():N}&lang={language}&to=/new");
        await tab.Page.Locator("#url").FillAsync(url);

        await tab.Page.Locator(".test .button").ClickAsync();

        await Expect(tab.Page.Locator(".exchange > p").First).ToHaveTextAsync(sentence);
    }
}
