using Atrium.Functions.Egress;
using CsCheck;

namespace Atrium.Functions.Tests.Egress;

public sealed class EndpointUrlTests
{
    static readonly EgressOptions Production = new();

    static readonly EgressOptions Development = new() { AllowLoopback = true };

    public static TheoryData<string> HostForms => [.. SsrfCorpus.Instance.HostFormsOfLoopbackOrMetadata];

    public static TheoryData<string> Blocked => [.. SsrfCorpus.Instance.Blocked];

    public static TheoryData<string> Allowed => [.. SsrfCorpus.Instance.Allowed];

    [Theory]
    [InlineData("https://example.com", "https://example.com/")]
    [InlineData("  https://example.com/hook\n", "https://example.com/hook")]
    [InlineData("HTTPS://Example.COM:443/Hook?Key=A%20b", "https://example.com/Hook?Key=A%20b")]
    [InlineData("https://example.com:8443/hook", "https://example.com:8443/hook")]
    [InlineData("https://example.com./hook", "https://example.com/hook")]
    [InlineData("https://example.com/gästebuch?q=ü", "https://example.com/g%C3%A4stebuch?q=%C3%BC")]
    [InlineData("https://xn--bcher-kva.de/", "https://xn--bcher-kva.de/")]
    [InlineData("https://93.184.216.34/hook", "https://93.184.216.34/hook")]
    [InlineData("https://[2606:4700:4700::1111]:8443/hook", "https://[2606:4700:4700::1111]:8443/hook")]
    public void Allows_a_public_https_URL_and_makes_it_canonical(string text, string canonical) =>
        Assert.Equal(canonical, EndpointUrl.Validate(text, Production).Url?.Uri.AbsoluteUri);

    [Theory]
    [InlineData(
        "https://example.com/hook%E2%80%8B",
        "percent-encoded (decoded: character 6, U+200B ZERO WIDTH SPACE). Remove it")]
    [InlineData("https://example.com/T00%C2%A0", "(decoded: character 5, U+00A0 NO-BREAK SPACE")]
    [InlineData("https://example.com/T00%E2%80%8E", "(decoded: character 5, U+200E LEFT-TO-RIGHT MARK")]
    [InlineData("https://example.com/a%E3%80%80b", "(decoded: character 3, U+3000 IDEOGRAPHIC SPACE")]
    [InlineData("https://example.com/?key=%EF%BB%BFa", "(decoded: character 7, U+FEFF ZERO WIDTH NO-BREAK SPACE")]
    public void Refuses_to_save_what_an_address_bar_made_of_an_invisible_character_and_goes_on_sending_to_it(
        string text, string said)
    {
        Assert.Contains(said, EndpointUrl.ValidateNew(text, Production).Refusal, StringComparison.Ordinal);
        Assert.True(EndpointUrl.Validate(text, Production).IsAllowed);
    }

    [Theory]
    [InlineData("https://example.com/?text=a%0Ab")]
    [InlineData("https://example.com/?sig=%2B%2F%3D%FF%00")]
    [InlineData("https://example.com/%D9%85%DB%8C%E2%80%8C%D8%B4")]
    public void Saves_an_encoded_line_break_bytes_that_are_no_text_and_a_joiner_that_a_language_needs(string text) =>
        Assert.True(EndpointUrl.ValidateNew(text, Production).IsAllowed);

    [Theory]
    [InlineData(null, "There is no URL")]
    [InlineData("   ", "There is no URL")]
    [InlineData("example.com/hook", "not a whole URL")]
    [InlineData("/hook", "not a whole URL")]
    [InlineData("https://", "not a whole URL")]
    [InlineData("https:///hook", "not a whole URL")]
    [InlineData("https://a..b/", "not a whole URL")]
    [InlineData("https://-a.example/", "not a whole URL")]
    [InlineData("https://./", "not a whole URL")]
    [InlineData("https://example.com:99999/", "not a whole URL")]
    [InlineData("https://example.com/a b", "a space or a backslash: character 22.")]
    [InlineData("https://example.com/a\r\nX-Evil: 1", "character 22, U+000D CARRIAGE RETURN")]
    [InlineData("https://example.com\\@10.0.0.1/", "a space or a backslash: character 20.")]
    [InlineData("https://example.com/hook\u200b", "character 25, U+200B ZERO WIDTH SPACE")]
    [InlineData(" \thttps://example.com/hook\u200b ", "character 27, U+200B ZERO WIDTH SPACE")]
    [InlineData("\ufeffhttps://example.com/", "character 1, U+FEFF ZERO WIDTH NO-BREAK SPACE")]
    [InlineData("https://exa\u00admple.com/", "character 12, U+00AD SOFT HYPHEN")]
    [InlineData("https://example.com/\u00a0", "character 21, U+00A0 NO-BREAK SPACE")]
    [InlineData("\u3000https://example.com/", "character 1, U+3000 IDEOGRAPHIC SPACE")]
    [InlineData("https://example.com/😀\ufe0f", "character 22, U+FE0F VARIATION SELECTOR-16")]
    [InlineData("https://example.com/\u0085", "character 21, U+0085.")]
    [InlineData("https://example.com/\U000E0041", "character 21, U+E0041.")]
    [InlineData("\u200b", "character 1, U+200B")]
    [InlineData("https://bücher.de/", "xn--")]
    [InlineData("http://example.com/hook", "must begin with https://")]
    [InlineData("ftp://example.com/hook", "must begin with https://")]
    [InlineData("http://127.0.0.1/hook", "must begin with https://")]
    [InlineData("https://user:password@example.com/", "user name or password")]
    [InlineData("https://user@example.com/", "user name or password")]
    [InlineData("https://:@example.com/", "user name or password")]
    [InlineData("https://example.com/#top", "fragment")]
    [InlineData("https://example.com/#", "fragment")]
    [InlineData("https://example.com:80/", "port 80; use 443 or 8443")]
    [InlineData("https://example.com:0/", "port 0; use 443 or 8443")]
    [InlineData("https://example.com:22/", "port 22; use 443 or 8443")]
    [InlineData("https://10.0.0.1/", "the rule 10.0.0.0/8 (private)")]
    [InlineData("https://168.63.129.16/", "the rule 168.63.129.16/32 (Azure platform)")]
    [InlineData("https://[::ffff:169.254.169.254]/", "the rule 169.254.0.0/16")]
    [InlineData("https://api.localhost/", "the rule localhost")]
    public void Refuses_with_a_sentence_that_says_why(string? text, string why)
    {
        var judged = EndpointUrl.Validate(text, Production);

        Assert.False(judged.IsAllowed);
        Assert.Contains(why, judged.Refusal, StringComparison.Ordinal);
        Assert.EndsWith(".", judged.Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(HostForms))]
    public void Refuses_every_host_form_of_the_corpus(string host) =>
        Assert.False(EndpointUrl.Validate($"https://{host}/", Production).IsAllowed);

    [Theory]
    [MemberData(nameof(Blocked))]
    public void Refuses_every_blocked_address_as_a_literal_and_names_the_rule(string address)
    {
        var judged = EndpointUrl.Validate($"https://{InUrl(address)}/", Production);

        Assert.NotNull(judged.Rule);
        Assert.Contains(judged.Rule, judged.Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Allowed))]
    public void Allows_every_allowed_address_as_a_literal(string address) =>
        Assert.True(EndpointUrl.Validate($"https://{InUrl(address)}/", Production).IsAllowed);

    [Theory]
    [InlineData("http://localhost:7071/hook")]
    [InlineData("http://127.0.0.1:80/")]
    [InlineData("https://127.1:5001/")]
    [InlineData("http://[::1]:12345/")]
    [InlineData("http://crm.localhost/")]
    public void Allows_loopback_by_http_and_on_any_port_in_development_only(string text)
    {
        Assert.True(EndpointUrl.Validate(text, Development).IsAllowed);
        Assert.False(EndpointUrl.Validate(text, Production).IsAllowed);
    }

    [Theory]
    [InlineData("http://example.com/")]
    [InlineData("http://localhost.example.com/")]
    [InlineData("https://example.com:7071/")]
    [InlineData("https://10.0.0.1/")]
    public void Allows_nothing_else_in_development(string text) =>
        Assert.False(EndpointUrl.Validate(text, Development).IsAllowed);

    [Fact]
    public void Takes_the_configured_ports_in_place_of_its_own()
    {
        var options = new EgressOptions { AllowedPorts = [9443] };

        Assert.True(EndpointUrl.Validate("https://example.com:9443/", options).IsAllowed);
        Assert.False(EndpointUrl.Validate("https://example.com/", options).IsAllowed);
    }

    [Fact]
    public void Takes_2048_characters_and_not_one_more()
    {
        const string start = "https://example.com/";
        var longest = start + new string('a', EndpointUrl.MaxLength - start.Length);

        Assert.True(EndpointUrl.Validate(longest, Production).IsAllowed);
        Assert.Contains(
            "2049 characters", EndpointUrl.Validate(longest + "a", Production).Refusal, StringComparison.Ordinal);
        Assert.Contains(
            "percent-encoded", EndpointUrl.Validate(start + new string('ü', 1000), Production).Refusal,
            StringComparison.Ordinal);
        Assert.False(
            EndpointUrl.Validate(
            $"https://{string.Join('.', Enumerable.Repeat(new string('a', 60), 5))}/", Production).IsAllowed);
    }

    [Theory]
    [InlineData("https://example.com/services/T0/B0/s3cret?key=s3cret", "https://example.com/…", "https://example.com")]
    [InlineData("https://example.com:8443/?key=s3cret", "https://example.com:8443/…", "https://example.com:8443")]
    [InlineData("https://example.com/", "https://example.com", "https://example.com")]
    public void Shows_neither_path_nor_query(string text, string shown, string origin)
    {
        var url = EndpointUrl.Validate(text, Production).Url!;

        Assert.Equal(shown, url.ToString());
        Assert.Equal(origin, url.Origin);
    }

    [Fact]
    public void Judges_any_text_without_an_exception_and_what_it_allows_again_the_same() =>
        Gen.OneOf(
            Gen.String, Gen.String.Select(s => "https://" + s),
            Gen.String[Gen.Char["abc.:/@#?[]%01①\\ü-_xn"], 0, 30].Select(s => "https://" + s))
            .Sample(
                text =>
                {
                    var judged = EndpointUrl.Validate(text, Production);
                    return judged.IsAllowed
                        ? EndpointUrl.Validate(judged.Url.Uri.AbsoluteUri, Production).Url?.Uri.AbsoluteUri
                            == judged.Url.Uri.AbsoluteUri
                        : judged.Refusal.Length > 0;
                },
                iter: 20_000);

    static string InUrl(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
}
