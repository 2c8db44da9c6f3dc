using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Atrium.Functions.Egress;
using Atrium.Functions.Http;
using static Microsoft.Playwright.Assertions;

namespace Atrium.BrowserTests;

/// <summary>Whose fault a failure is, and what to do about it, by what the app says of it.</summary>
public sealed class AdviceTests(FakeServer server) : BrowserTests, IClassFixture<FakeServer>
{
    const string Host = "hooks.example.com";
    const string Dead = "https://refused.example.com";
    const string NothingCame =
        "\"errorClass\":\"refused\",\"cause\":null,\"explanation\":\"The receiver refused the connection.\"";
    const string Redirect = """
        "response":{"status":302,"headers":[],"location":null,"body":"","bodyEncoding":"text","truncated":false}
        """;

    // What a failure can be put down to, in both languages.
    static readonly string[] Marks =
    [
        "spelling", "Schreibweise", "name servers", "Nameserver", "private network", "privates Netz", "switched on",
        "eingeschaltet", "firewall", "Firewall", "take the connection", "Verbindung nicht angenommen", "overloaded",
        "überlastet", "stored the event", "gespeichert", "no certificate", "kein Zertifikat", "another name",
        "anderen Namen", "expired", "abgelaufen", "self-signed", "selbst signiert", "this use", "diesen Zweck",
        "TLS 1.2", "number of the port", "Portnummer", "HTTP/2", "web address", "Webadresse", "signature", "Signatur",
    ];

    static readonly Finding[] Findings =
    [
        new("dns", FailureCause.NameNotFound, Explanation.NameNotFound(Host),
            "The name is not known on the internet.", "Der Name ist im Internet nicht bekannt.",
            "spelling", "Schreibweise"),
        new("dns", FailureCause.NameServersSilent, Explanation.NameServerSilent(Host),
            "The name servers of the domain did not answer.", "Die Nameserver der Domain haben nicht geantwortet.",
            "name servers", "Nameserver"),
        new("timeout", FailureCause.NameServersSilent, TimedOut(ConnectionPhase.Dns),
            "The name servers of the domain did not answer.", "Die Nameserver der Domain haben nicht geantwortet.",
            "name servers", "Nameserver"),
        new("blocked", FailureCause.AddressNotPublic, Explanation.Blocked(Host),
            "It leads into a private network.", "Sie führt in ein privates Netz.",
            "private network", "privates Netz"),
        new("timeout", FailureCause.ConnectTimeout, TimedOut(ConnectionPhase.Connect),
            "The receiver did not take the connection.", "Der Empfänger hat die Verbindung nicht angenommen.",
            "take the connection", "Verbindung nicht angenommen", "switched on", "eingeschaltet", "firewall",
            "Firewall"),
        new("timeout", FailureCause.TlsTimeout, TimedOut(ConnectionPhase.Tls),
            "The receiver took the connection, but did not finish securing it.",
            "Der Empfänger hat die Verbindung angenommen, sie aber nicht fertig abgesichert.",
            "overloaded", "überlastet"),
        new("timeout", FailureCause.AnswerTimeout, TimedOut(ConnectionPhase.None),
            "The receiver takes too long to answer.", "Der Empfänger braucht zu lange für die Antwort.",
            "stored the event", "gespeichert"),
        Certificate(
            FailureCause.CertificateMissing, SslPolicyErrors.RemoteCertificateNotAvailable, default,
            "The receiver shows no certificate.", "Der Empfänger zeigt kein Zertifikat vor.",
            "no certificate", "kein Zertifikat"),
        Certificate(
            FailureCause.CertificateName, SslPolicyErrors.RemoteCertificateNameMismatch, default,
            "The receiver’s certificate is for another name than the one in the URL.",
            "Das Zertifikat des Empfängers gilt für einen anderen Namen als den in der URL.",
            "another name", "anderen Namen"),
        Certificate(
            FailureCause.CertificateTime, SslPolicyErrors.RemoteCertificateChainErrors,
            X509ChainStatusFlags.NotTimeValid,
            "The receiver’s certificate has expired, or is not valid yet.",
            "Das Zertifikat des Empfängers ist abgelaufen oder noch nicht gültig.",
            "expired", "abgelaufen"),
        Certificate(
            FailureCause.CertificateUntrusted, SslPolicyErrors.RemoteCertificateChainErrors,
            X509ChainStatusFlags.UntrustedRoot,
            "The receiver’s certificate is not trusted: it is self-signed or from a private authority, or the "
                + "certificates between are not sent along.",
            "Dem Zertifikat des Empfängers ist nicht zu trauen: Es ist selbst signiert oder von einer privaten "
                + "Zertifizierungsstelle, oder die Zertifikate dazwischen werden nicht mitgesendet.",
            "self-signed", "selbst signiert"),
        Certificate(
            FailureCause.CertificateInvalid, SslPolicyErrors.RemoteCertificateChainErrors,
            X509ChainStatusFlags.NotValidForUsage,
            "The receiver’s certificate is not valid for this use.",
            "Das Zertifikat des Empfängers gilt nicht für diesen Zweck.",
            "this use", "diesen Zweck"),
        new("tls", FailureCause.NoTls, Explanation.NoTls(Host),
            "The receiver did not agree on TLS 1.2 or 1.3.",
            "Der Empfänger hat sich nicht auf TLS 1.2 oder 1.3 eingelassen.",
            "TLS 1.2", "number of the port", "Portnummer"),
        new("tls", FailureCause.Http2Only, Explanation.OnlyHttp2(Host),
            "The receiver speaks HTTP/2 only, and events are sent by HTTP/1.1.",
            "Der Empfänger spricht nur HTTP/2, und Ereignisse werden mit HTTP/1.1 gesendet.",
            "HTTP/2"),
        new("http", FailureCause.NotHttp, Explanation.NotHttp(Host),
            "What came back is not HTTP/1.1.", "Was zurückkam, ist kein HTTP/1.1.",
            "number of the port", "Portnummer"),
        new("http", FailureCause.RedirectWithoutTarget, Explanation.Answered(302, null, ""),
            "It names no web address.", "Er nennt keine Webadresse.",
            "web address", "Webadresse"),
    ];

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    public async Task Each_cause_that_the_app_has_found_is_said_and_no_other(string language)
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, language, Dead);
        foreach (var finding in Findings)
        {
            await FailAsync(tab, finding.Json, finding.Cause == FailureCause.RedirectWithoutTarget ? Redirect : null);

            await Expect(tab.Page.Locator(".exchange [lang=en]")).ToHaveTextAsync(finding.Explanation);
            await Expect(tab.Page.Locator(".exchange > p").Nth(1)).ToHaveTextAsync(
                language == "de" ? finding.German : finding.English);
            await Expect(tab.Page.Locator(".exchange > .todo li").First).ToBeVisibleAsync();
            var said = string.Join(
                '\n', await tab.Page.Locator(".exchange > p, .exchange > .todo").AllInnerTextsAsync());
            Assert.Empty(Marks.Where(mark => said.Contains(mark, StringComparison.Ordinal)).Except(finding.Marks));
        }
    }

    [Fact]
    public void Each_cause_has_a_test() => Assert.Equal(
        Enum.GetValues<FailureCause>(),
        Findings.Select(finding => finding.Cause).Append(FailureCause.Signature).Distinct().Order());

    // An attempt that an earlier version made, one that a later version made, and what needs no cause.
    [Theory]
    [InlineData("timeout", null, "hooks.example.com did not take the connection.", "No answer came in time.")]
    [InlineData("tls", "certificate_revoked", "The certificate is revoked.", "No secure connection could be made.")]
    [InlineData("reset", null, "hooks.example.com closed the connection.", "The receiver hung up before it had")]
    [InlineData("blocked", null, "The URL names port 81; use 443.", "Atrium does not send to this URL.")]
    public async Task Without_a_cause_that_the_page_knows_the_apps_own_sentence_says_it(
        string errorClass, string? cause, string explanation, string sentence)
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, "en", Dead);

        await FailAsync(tab, Failed(errorClass, cause, explanation));

        // A cause is said as soon as there is advice.
        await Expect(tab.Page.Locator(".exchange > .todo li").First).ToBeVisibleAsync();
        await Expect(tab.Page.Locator(".exchange > p")).ToHaveCountAsync(1);
        await Expect(tab.Page.Locator(".exchange > p")).ToContainTextAsync(sentence);
        await Expect(tab.Page.Locator(".exchange [lang=en]")).ToHaveTextAsync(explanation);
    }

    [Theory]
    [InlineData("en", "The receiver’s certificate has expired, or is not valid yet.")]
    [InlineData("de", "Das Zertifikat des Empfängers ist abgelaufen oder noch nicht gültig.")]
    public async Task An_attempt_at_a_receiver_that_is_down_shows_the_evidence_and_the_last_cause(
        string language, string sentence)
    {
        var explanation = Explanation.EndpointDown(
            7, TimeSpan.FromSeconds(30), new(2026, 4, 15, 9, 30, 0, TimeSpan.Zero),
            $"The certificate of {Host} has expired, or is not valid yet. Renew it.");
        var tab = await OpenAsync();
        await new Stage(tab, isPseudo: false).ReplaceAsync("subscriptions/[^/]+/deliveries/[^/]+", (
            Failed("timeout", "answer_timeout", $"{Host} did not answer within 10 s."),
            Failed("endpoint_down", "certificate_time", explanation)));
        await tab.VisitAsync(
            server.Address, $"session=atp_demo-{Guid.NewGuid():N}&lang={language}&to=/w/{Stage.Webhook(2)}");

        await tab.Page.Locator(".rows a").First.ClickAsync();

        var attempt = tab.Page.Locator(".attempt[open]");
        await Expect(attempt.GetByText(sentence)).ToBeVisibleAsync();
        await Expect(attempt.Locator("[lang=en]")).ToHaveTextAsync(explanation);
        await Expect(attempt.Locator("[lang=en]")).ToContainTextAsync("the last 7 requests");
    }

    [Theory]
    [InlineData("en", "The receiver’s answer cannot be read.")]
    [InlineData("de", "Die Antwort des Empfängers ist nicht lesbar.")]
    public async Task What_is_no_answer_of_a_web_server_is_told_in_the_language_of_the_page(
        string language, string sentence)
    {
        var tab = await OpenAsync();
        await VisitAsync(tab, language, Dead);

        await FailAsync(tab, Failed("http", "not_http", Explanation.NotHttp(Host)));

        await Expect(tab.Page.Locator(".exchange > p").First).ToHaveTextAsync(sentence);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(422)]
    public async Task An_answer_that_speaks_of_the_signature_is_said_to_refuse_it(int status)
    {
        var tab = await OpenAsync();
        await new Stage(tab, isPseudo: false).ReplaceAsync(
            "test-webhook",
            ("\"status\":404", $"\"status\":{status}"),
            ("\"cause\":null", "\"cause\":\"signature\""),
            ("404: …", Explanation.Answered(status, null, "Invalid signature")));
        await VisitAsync(tab, "en", "https://hooks.zapier.com/hooks/catch/1/ab");

        await tab.Page.Locator(".test .button").ClickAsync();

        await Expect(tab.Page.Locator(".exchange > p").First).ToHaveTextAsync(
            $"The receiver answered {status}: the receiver does not accept the signature.");
    }

    static string TimedOut(ConnectionPhase phase) => Explanation.TimedOut(Host, phase, TimeSpan.FromSeconds(10));

    static Finding Certificate(
        FailureCause cause, SslPolicyErrors errors, X509ChainStatusFlags chain, string english, string german,
        params string[] marks) =>
        new("tls", cause, CertificateFault.Describe(Host, errors, chain)!, english, german, marks);

    static string Failed(string errorClass, string? cause, string explanation) =>
        $"\"errorClass\":\"{errorClass}\",\"cause\":{JsonSerializer.Serialize(cause)},"
            + $"\"explanation\":\"{explanation}\"";

    async Task VisitAsync(Tab tab, string language, string url)
    {
        await tab.VisitAsync(server.Address, $"session=atp_demo-{Guid.NewGuid():N}&lang={language}&to=/new");
        await tab.Page.Locator("#url").FillAsync(url);
    }

    // What is answered from now on stands before what was answered until now.
    static async Task FailAsync(Tab tab, string failed, string? response = null)
    {
        await tab.Page.UnrouteAllAsync();
        await new Stage(tab, isPseudo: false).ReplaceAsync(
            "test-webhook", (NothingCame, failed), ("\"response\":null", response ?? "\"response\":null"));
        await tab.Page.Locator(".test .row .button").ClickAsync();
        await Expect(tab.Page.Locator(".exchange")).ToBeVisibleAsync();
    }

    /// <summary>What the app has found out, what the page says of it, and which marks belong to that.</summary>
    sealed record Finding(
        string ErrorClass, FailureCause Cause, string Explanation, string English, string German, params string[] Marks)
    {
        public string Json => Failed(ErrorClass, Cause.Name(), Explanation);
    }
}
