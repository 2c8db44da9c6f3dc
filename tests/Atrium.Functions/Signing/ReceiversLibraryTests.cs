extern alias ReceiversLibrary;

using System.Globalization;
using System.Text;
using Atrium.Functions.Signing;
using Microsoft.AspNetCore.Http;
using ReceiversLibrary::StandardWebhooks;
using ReceiversLibrary::StandardWebhooks.Diagnostics;

namespace Atrium.Functions.Tests.Signing;

/// <summary>
/// The library of receivers in .NET, as it is published, on what we sign. It takes its time from the system's clock.
/// </summary>
public sealed class ReceiversLibraryTests
{
    const string Body = """{"event":"visitor.checked_in","visitor":{"first_name":"Zoë"}}""";

    // Index 0 is the oldest.
    static readonly SigningSecret[] Secrets =
    [
        .. Enumerable.Range(0, 6).Select(number =>
            SigningSecret.Generate(length => [.. Enumerable.Repeat((byte)number, length)])),
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1, 0)]
    [InlineData(1)]
    [InlineData(2, 1, 0)]
    [InlineData(2, 1)]
    [InlineData(2)]
    [InlineData(4, 3, 2, 1, 0)]
    public void Takes_a_request_with_any_secret_that_signs_and_with_no_other(params int[] signing)
    {
        var headers = Headers([.. signing.Select(index => Secrets[index])]);

        Assert.Equal(
            signing.Order(), Enumerable.Range(0, Secrets.Length).Where(index => Takes(headers, Secrets[index])));
    }

    [Fact]
    public void Does_not_look_at_the_last_of_several_signatures_which_is_why_that_is_there_twice()
    {
        var headers = Headers([Secrets[1], Secrets[0]]);
        var signatures = headers["webhook-signature"].ToString();
        headers["webhook-signature"] = signatures[..signatures.LastIndexOf(' ')];

        Assert.False(Takes(headers, Secrets[0]));
    }

    static HeaderDictionary Headers(IReadOnlyList<SigningSecret> secrets)
    {
        var timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return new()
        {
            ["webhook-id"] = "msg_1",
            ["webhook-timestamp"] = timestamp.ToString(CultureInfo.InvariantCulture),
            ["webhook-signature"] =
                Functions.Signing.StandardWebhooks.Sign("msg_1", timestamp, Encoding.UTF8.GetBytes(Body), secrets),
        };
    }

    static bool Takes(HeaderDictionary headers, SigningSecret secret)
    {
        try
        {
            new StandardWebhook(secret.Reveal()).Verify(Body, headers);
            return true;
        }
        catch (WebhookVerificationException)
        {
            return false;
        }
    }
}
