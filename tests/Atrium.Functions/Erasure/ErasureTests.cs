using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Atrium.Functions.Erasure;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;
using CsCheck;

namespace Atrium.Functions.Tests.Erasure;

/// <summary>Whether a message concerns an address. Characters that look alike are written as escapes.</summary>
public sealed class ErasureTests
{
    static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What RFC 5322 allows in a local part, and letters of other scripts; a dot stands between two of them.
    static readonly Gen<string> Atoms = Gen.OneOf(
        Gen.OneOfConst([.. "!#$%&'*+-/=?^_`{|}~"]),
        Gen.Char.AlphaNumeric,
        Gen.OneOfConst([.. "\u00e9\u00fc\u00df\u00c5\u0130\u03c3\u0419\u1ebf\u304c\ud55c\u4e2d"])).Array[1, 12]
        .Select(letters => new string(letters));

    [Theory]
    [InlineData("jos\u00e9@example.com", "jose\u0301@example.com")]
    [InlineData("\u1ebf@example.com", "e\u0302\u0301@example.com")]
    [InlineData("\u1ebf@example.com", "\u00ea\u0301@example.com")]
    [InlineData("d\u0323\u0307@example.com", "d\u0307\u0323@example.com")]
    [InlineData("\u00c5@example.com", "\u212b@example.com")]
    [InlineData("\ud55c\uac00@example.com", "\u1112\u1161\u11ab\u1100\u1161@example.com")]
    [InlineData("\u304c@example.com", "\u304b\u3099@example.com")]
    [InlineData("\u0439@example.com", "\u0438\u0306@example.com")]
    [InlineData("\ud834\udd5f@example.com", "\ud834\udd58\ud834\udd65@example.com")]
    [InlineData("jane@b\u00fccher.de", "jane@bu\u0308cher.de")]
    public void In_another_Unicode_form_it_is_the_same_address(string one, string other) => AssertSame(one, other);

    [Theory]
    [InlineData("jane.smith@example.com", "JANE.Smith@EXAMPLE.com")]
    [InlineData("jos\u00e9@example.com", "JOS\u00c9@example.com")]
    [InlineData("jos\u00e9@example.com", "JOSE\u0301@EXAMPLE.COM")]
    [InlineData("\u03bd\u03af\u03ba\u03bf\u03c2@example.com", "\u039d\u038a\u039a\u039f\u03a3@example.com")]
    [InlineData("stra\u00dfe@example.com", "STRASSE@EXAMPLE.COM")]
    [InlineData("stra\u00dfe@example.com", "STRA\u1e9eE@EXAMPLE.COM")]
    [InlineData("ismail@example.com", "\u0130SMA\u0130L@EXAMPLE.COM")]
    [InlineData("\u0131\u015f\u0131k@example.com", "I\u015eIK@EXAMPLE.COM")]
    [InlineData("\ud801\udc28@example.com", "\ud801\udc00@example.com")]
    public void In_another_case_it_is_the_same_address(string one, string other) => AssertSame(one, other);

    [Theory]
    [InlineData("m\u00fcller@b\u00fccher.de", "m\u00fcller@xn--bcher-kva.de")]
    [InlineData("M\u00dcLLER@BU\u0308CHER.DE", "mu\u0308ller@XN--BCHER-KVA.DE")]
    [InlineData("jane@\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444", "jane@xn--e1afmkfd.xn--p1ai")]
    [InlineData("jane@xn--not-punycode-at-all-\u00e9.de", "JANE@xn--not-punycode-at-all-\u00c9.de")]
    [InlineData("jane@example.com", "jane@example\u3002com")]
    [InlineData("jane@example.com", "jane@example\uff61com\uff0e")]
    [InlineData("jane@b\u00fccher.de", "jane\uff20\uff58\uff4e\uff0d\uff0dbcher-kva.de")]
    [InlineData("jane@example.com",
        "\uff2a\uff41\uff4e\uff45\uff20\uff25\uff58\uff41\uff4d\uff50\uff4c\uff45\uff0e\uff43\uff4f\uff4d")]
    [InlineData("jane+1@example.com", "jane\uff0b\uff11@example.com")]
    [InlineData("jane@example.com", "jane@example.com.")]
    [InlineData("jane@example.com", "\u200bjane@exam\u00adple.com\ufeff")]
    public void However_its_domain_is_written_it_is_the_same_address(string one, string other) =>
        AssertSame(one, other);

    [Theory]
    [InlineData("o'brien@example.com", "{\"email\":\"o'brien@example.com\"}")]
    [InlineData("o'brien@example.com", "{\"email\":\"o\\u0027brien@example.com\"}")]
    [InlineData("o'brien@example.com", "Write to 'o'brien@example.com'.")]
    [InlineData("a+b=1@example.com", "{\"email\":\"a+b=1@example.com\"}")]
    [InlineData("a+b=1@example.com", "email=a%2Bb%3D1%40example.com&x=1")]
    [InlineData("{x}/y|z?@example.com", "{\"email\":\"{x}\\/y|z?@example.com\"}")]
    [InlineData("jane smith@example.com", "{\"email\":\"jane smith@example.com\"}")]
    [InlineData("a@b@example.com", "{\"email\":\"a@b@example.com\"}")]
    [InlineData("jane@example.com", "{\"purpose\":\"Call jane@example.com!\"}")]
    [InlineData("jane@example.com",
        "{\"purpose\":\"Jane <jane@example.com>, \u201cjane@example.com\u201d; jane@example.com...\"}")]
    [InlineData("jane@example.com", "{\"link\":\"mailto:jane%40example.com?subject=x\"}")]
    [InlineData("jane@example.com", "{\"link\":\"https://crm/?e=x&mail=jane%40example.com\"}")]
    [InlineData("jane@example.com", "{\"html\":\"&lt;jane&#64;example.com&gt; &commat;\"}")]
    [InlineData("jane@example.com", "{\"html\":\"<a href='mailto:jane@example.com'>\"}")]
    [InlineData("jane@example.com", "{\"json\":\"{\\\"email\\\":\\\"jane\\\\u0040example.com\\\"}\"}")]
    [InlineData("jane@example.com", "{\"purpose\":\"Call\\njane@example.com\\tsoon\"")]
    [InlineData("jane@example.com", "{\"email\":\"\\u006a\\u0061\\u006e\\u0065\\u0040\\u0065xample.com\"}")]
    [InlineData("jane@example.com", "{\"email\":\"jane@example.com\",\"first_name\":\"\\ud83d\"}")]
    [InlineData("jane@example.com", "{\"first_name\":\"\\ude00jane@example.com\\ud83d\"}")]
    [InlineData("jos\u00e9@example.com", "{\"first_name\":\"\\udc00\",\"email\":\"JOSE\\u0301@example.com\"}")]
    [InlineData("jane@example.com", "\ufeff{\"email\":\"jane@example.com\"}")]
    [InlineData("jane@example.com", "*jane@example.com* _jane@example.com_ \ud83d\udce7jane@example.com")]
    [InlineData("jane@example.com", "\u2709\ufe0fjane@example.com")]
    [InlineData("jane@example.com", "{\"link\":\"https://crm/?q=Jane+jane%40example.com\"}")]
    [InlineData("jane@example.com", "{\"link\":\"https://crm/?q=Jane\\u002Bjane%40example.com\"}")]
    [InlineData("jane@example.com", "{\"link\":\"https://crm/?q=Jane%20jane%40example.com\"}")]
    [InlineData("jane@example.com", "{\"link\":\"https://crm/?q=Jane%2520jane%2540example.com\"}")]
    [InlineData("jane@example.com", "{\"link\":\"https://sso/?to=%2F%3Fq%3DJane%2Bjane%2540example.com\"}")]
    [InlineData("a%41b@example.com", "{\"link\":\"https://crm/?q=a%252541b%2540example.com\"}")]
    [InlineData("bob@example.com", "{\"host\":\"ACME\\\\bob@example.com\"}")]
    [InlineData("bob@example.com", "{\"host\":\"ACME\\\\bob\\u0040example.com\"}")]
    [InlineData("bob@example.com", "{\"text\":\"Write to\\nbob@example.com\"}")]
    [InlineData("ned@example.com", "ACME\\ned@example.com")]
    [InlineData("jane@example.com", "{\"html\":\"jane&commat;example.com\"}")]
    [InlineData("jane@example.com", "{\"html\":\"jane\\u0026commat;example&period;com\"}")]
    [InlineData("jane@example.com", "{\"html\":\"&amp;lt;jane&amp;#64;example.com&amp;gt;\"}")]
    [InlineData("jane@example.com", "{\"purpose\":\"\u8054\u7cfbjane@example.com\"}")]
    [InlineData("jane@example.com", "{\"purpose\":\"\u8054\u7cfbjane@example.com\u3002\u8c22\u8c22\"}")]
    [InlineData("jane@example.com",
        "{\"purpose\":\"\u9023\u7d61\u5148\u304b\u3099jane@example.com\u3067\u3059\"}")]
    [InlineData("jane@example.com", "{\"purpose\":\"jane@example.com\uc73c\ub85c\"}")]
    public void It_is_found_whatever_stands_around_it(string address, string body) =>
        Assert.True(Concerns(address, body));

    [Theory]
    [InlineData("jose@example.com", "jos\u00e9@example.com")]
    [InlineData("jose@example.com", "jose\u0301@example.com")]
    [InlineData("\u0301jose@example.com", "e\u0301jose@example.com")]
    [InlineData("jane@example.com", "jane@example.co")]
    [InlineData("jane@example.com", "jane@example.com.au")]
    [InlineData("jane@example.com", "jane@example.com-x.de")]
    [InlineData("jane@example.com", "jane@example.com\u00e9")]
    [InlineData("jane@example.com", "jane@example.com@example.org")]
    [InlineData("jane@example.com", "mary-jane@example.com")]
    [InlineData("jane@example.com", "mary.jane@example.com")]
    [InlineData("jane@example.com", "mary_jane@example.com")]
    [InlineData("jane@example.com", "x+jane@example.com")]
    [InlineData("jane@example.com", "\u00e9jane@example.com")]
    [InlineData("brien@example.com", "o'brien@example.com")]
    [InlineData("jane@b\u00fccher.de", "jane@bucher.de")]
    [InlineData("jane@example.com", "jane at example.com")]
    [InlineData("jane@example.com", "x\uff0bjane@example.com")]
    [InlineData("jane@example.com", "\uff41jane@example.com")]
    [InlineData("jane@example.com", "jane@example.com\u3002au")]
    [InlineData("jane@example.com", "x&#x2B;jane@example.com")]
    [InlineData("jane@example.com", "x&amp;plus;jane@example.com")]
    [InlineData("jane@example.com", "jos&#233;jane@example.com")]
    [InlineData("jane@example.com", "https://crm/?q=x%2Bjane%40example.com")]
    [InlineData("jane@example.com", "https://sso/?to=%2F%3Fq%3Dx%252Bjane%2540example.com")]
    [InlineData("jane@example.com", "x+jane@example.com https://crm/?q=y%40example.com")]
    [InlineData("bob@example.com", "xbob@example.com")]
    [InlineData("bob@example.com", "ACME\\xbob@example.com")]
    [InlineData("\u5f20@example.com", "\u5c0f\u5f20@example.com")]
    [InlineData("jane@example.com", "@@@@")]
    public void Another_address_is_another(string address, string text) =>
        Assert.False(Concerns(address, $"{{\"email\":{JsonSerializer.Serialize(text)}}}"));

    [Fact]
    public void Whatever_characters_it_has_it_is_found_however_it_was_written() =>
        Gen.Select(Atoms, Atoms).Sample((first, second) =>
    {
        var email = $"{first}.{second}@example.com";
        Assert.True(Concerns(email, JsonSerializer.Serialize(new { email })), email);
        var upperCase = $" {email.ToUpperInvariant()} ";
        Assert.True(Concerns(email, JsonSerializer.Serialize(new { email = upperCase }, Relaxed)), email);
        Assert.True(Concerns(email.ToUpperInvariant(), JsonSerializer.Serialize(new { email })), email);
        var link = "mailto:" + Uri.EscapeDataString(email);
        Assert.True(Concerns(email, JsonSerializer.Serialize(new { link })), email);
        // A letter of another script would not belong to it.
        var letter = first[0] is >= '\u0370' and not '\u1ebf' ? "\u4e2d" : "x";
        Assert.False(Concerns(email, JsonSerializer.Serialize(new { email = letter + email })), email);
    });

    [Fact]
    public void Whatever_the_bytes_are_they_are_looked_at_without_a_fault() => Gen.OneOf(
        Gen.Byte.Array[0, 60],
        Gen.OneOfConst("@", "\\u", "\\ud83d", "%", "&#", "xn--", "a", "\"", "\u0301", "\u1112\u1161").Array[0, 20]
            .Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts))))
        .Sample(bytes => Assert.False(Concerns("jane@example.com", bytes)));

    [Theory]
    [InlineData("{\"emailHash\":\"00\"}")]
    [InlineData("{\"EmailHash\":\"00\",\"LocalLength\":1,\"DomainLength\":1}")]
    public void What_another_version_has_written_is_no_erasure_that_finds_nothing(string arguments) =>
        Assert.Null(ErasureSubject.Read(arguments));

    [Fact]
    public void It_comes_back_as_it_was_written() =>
        Assert.Equal(
            ErasureSubject.Of("o'brien@example.com"),
            ErasureSubject.Read(ErasureSubject.Of("o'brien@example.com").Write()));

    static void AssertSame(string one, string other)
    {
        Assert.Equal(ErasureSubject.Of(one), ErasureSubject.Of(other));
        Assert.True(Concerns(one, JsonSerializer.Serialize(new { email = other })));
        Assert.True(Concerns(other, JsonSerializer.Serialize(new { email = one }, Relaxed)));
    }

    static bool Concerns(string address, string body) => Concerns(address, Encoding.UTF8.GetBytes(body));

    static bool Concerns(string address, byte[] body) =>
        MessageTexts.Of(Some.Received(new ServiceBusMessage(BinaryData.FromBytes(body))))
            .Any(ErasureSubject.Of(address).Concerns);
}
