using Atrium.Functions.Signing;
using Atrium.Local.Host.Http;

namespace Atrium.Local.Host.Tests.Http;

public sealed class BuiltInReceiverTests
{
    static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_776_245_405);

    static readonly byte[] Body = """{"event":"visitor.checked_in"}"""u8.ToArray();

    [Theory]
    [InlineData(BuiltInReceiver.Secret, 204, "visitor.checked_in, signature verified")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 401, "visitor.checked_in, signature refused")]
    public void Takes_what_its_own_secret_has_signed(string secret, int status, string line)
    {
        var signature = StandardWebhooks.Sign(
            "msg_1", Now.ToUnixTimeSeconds(), Body, [SigningSecret.Parse(secret).Secret!]);

        var judged = BuiltInReceiver.Judge("msg_1", "1776245405", signature, Body, Now);

        Assert.Equal(status, judged.Status);
        Assert.StartsWith(line, judged.Line, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_subscribed_by_the_requests_file_as_by_the_command_on_the_console()
    {
        var requests = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "requests.http"));

        Assert.Contains($"\"url\": \"{{{{atrium}}}}{BuiltInReceiver.Path}\"", requests, StringComparison.Ordinal);
        Assert.Contains($"\"secret\": \"{BuiltInReceiver.Secret}\"", requests, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_notices_as_it_does_events() => Assert.Equal(
        (204, "webhook.failing, not signed"),
        BuiltInReceiver.Judge(null, null, null, """{"event":"webhook.failing"}"""u8.ToArray(), Now));

    [Fact]
    public void Takes_what_is_not_signed_and_says_so() => Assert.Equal(
        (204, "visitor.checked_in, not signed"), BuiltInReceiver.Judge("msg_1", "1776245405", null, Body, Now));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"event":1}""")]
    [InlineData("""{"event":"\u001b[2J\u001b]0;title\u0007"}""")]
    [InlineData("""{"event":"visitor.checked_in\nvisitor.checked_in, signature verified"}""")]
    [InlineData("""{"event":"\ud800"}""")]
    [InlineData("""{"event":null}""")]
    public void Says_when_something_is_no_event(string body) => Assert.Equal(
        (204, "something that is no event, not signed"),
        BuiltInReceiver.Judge(null, null, null, System.Text.Encoding.UTF8.GetBytes(body), Now));
}
