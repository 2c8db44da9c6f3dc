using System.Security.Cryptography;
using System.Text.Json;
using Atrium.Functions.Signing;
using CsCheck;

namespace Atrium.Functions.Tests.Signing;

public sealed class SigningSecretTests
{
    const string Text = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Theory]
    [InlineData(Text)]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("  whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\r\n")]
    public void Is_the_same_key_with_and_without_the_prefix(string text) =>
        Assert.Equal(Text, SigningSecret.Parse(text).Secret?.Reveal());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("whsec_")]
    [InlineData("whsec_ ")]
    public void Refuses_an_empty_secret(string? text) => AssertRefused(text, "empty");

    [Theory]
    [InlineData("whsec_not base64 at all, is it?")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8I LPZIo2LaLaSw")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8I\nLPZIo2LaLaSw")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaL_-w")]
    [InlineData("WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    public void Refuses_what_is_not_base64_and_does_not_repeat_it(string text)
    {
        AssertRefused(text, "not base64");
        Assert.DoesNotContain("MfKQ9r8GKYqr", SigningSecret.Parse(text).Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(23)]
    [InlineData(65)]
    [InlineData(128)]
    public void Refuses_a_length_outside_24_to_64_bytes(int length) =>
        AssertRefused(Convert.ToBase64String(new byte[length]), $"has {length} bytes");

    [Fact]
    public void Refuses_a_very_long_text_unread() => AssertRefused(new string('A', 1_000_000), "64 bytes at most");

    [Fact]
    public void Keeps_every_key_of_24_to_64_bytes() =>
        Gen.Byte.Array[SigningSecret.MinLength, SigningSecret.MaxLength].Sample(key =>
    {
        var secret = SigningSecret.Parse(Convert.ToBase64String(key)).Secret!;
        return secret.Key.SequenceEqual(key) && SigningSecret.Parse(secret.Reveal()).Secret!.Key.SequenceEqual(key);
    });

    [Fact]
    public void Reads_any_text_without_an_exception() =>
        Gen.String.Sample(text => SigningSecret.Parse(text).IsValid != SigningSecret.Parse(text).Refusal is not null);

    [Fact]
    public void Generates_32_bytes_from_the_source_given()
    {
        var bytes = Enumerable.Range(1, 32).Select(i => (byte)i).ToArray();

        var secret = SigningSecret.Generate(length => bytes[..length]);

        Assert.Equal(bytes, secret.Key.ToArray());
        Assert.Equal(32, SigningSecret.Generate(RandomNumberGenerator.GetBytes).Key.Length);
    }

    [Fact]
    public void Does_not_show_its_key_unasked()
    {
        var secret = SigningSecret.Parse(Text).Secret!;

        Assert.Equal("whsec_***", secret.ToString());
        Assert.Equal("whsec_***", $"{secret}");
        Assert.DoesNotContain("MfKQ", SigningSecret.Parse(Text).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Cannot_be_serialized_by_accident() =>
        Assert.ThrowsAny<Exception>(() => JsonSerializer.Serialize(SigningSecret.Parse(Text)));

    static void AssertRefused(string? text, string because)
    {
        var parsed = SigningSecret.Parse(text);
        Assert.False(parsed.IsValid);
        Assert.Contains(because, parsed.Refusal, StringComparison.Ordinal);
    }
}
