using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Deliveries;

/// <summary>
/// SECURITY.md: no log line, error or attempt has a full URL. A path or query may be the key to a receiver.
/// </summary>
public sealed class KeptTextTests
{
    const string Needle = "s3cret";

    [Theory]
    [InlineData(301, "https://example.com/s3cret?key=s3cret#s3cret", "")]
    [InlineData(302, "/s3cret?key=s3cret", "")]
    [InlineData(303, "//example.com/s3cret", "")]
    [InlineData(307, "https://jane:s3cret@example.com", "")]
    [InlineData(308, "s3cret:s3cret", "")]
    [InlineData(302, "https://example.com/s3cret",
        "<p>Moved <a href=\"https://example.com/s3cret?key=s3cret&amp;x=1\">here</a>.</p>")]
    [InlineData(200, null, "Taken. See https://example.com/s3cret for it.")]
    [InlineData(404, null, "No route for HTTPS://Example.com:8443/s3cret/, (POST).")]
    [InlineData(500, null, "{\"url\":\"https:\\/\\/example.com\\/s3cret?key=s3cret\"}")]
    [InlineData(500, null, "login?next=https%3A%2F%2Fexample.com%2Fs3cret%3Fkey%3Ds3cret&x=1")]
    [InlineData(500, null, "https:&#x2F;&#x2F;example.com&#x2F;s3cret")]
    [InlineData(500, null,
        "https://example.com?key=s3cret https://example.com#s3cret https://s3cret@example.com "
        + "https://jane:s3cret@[2001:db8::1]:8443/s3cret")]
    [InlineData(500, null, "amqps://user:s3cret@queue.example.com/%2f redis://:s3cret@cache:6379")]
    public async Task Nothing_of_a_URL_but_its_origin_is_stored_sent_or_logged(
        int status, string? location, string body)
    {
        await using var rig = await DeliveryRig.StartAsync();
        rig.Receiver.Answer = async context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = location;
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, body);
        };

        await rig.RunAsync(Some.Delivery());
        await rig.RunAsync(Some.Delivery() with { Attempt = RetrySchedule.MaxAttempts });

        var stored = rig.Tables.Created
            .SelectMany(name => rig.Tables.Table(name).Rows)
            .SelectMany(row => row.Select(field => $"{field.Value}")).ToList();
        var sent = rig.Queue.Sent.SelectMany(message =>
            message.ApplicationProperties.Values.Select(value => $"{value}").Append($"{message.Body}"));
        var settled = rig.Actions.DeadLettered.Select(letter => letter.Description ?? "");
        Assert.All(stored.Concat(sent).Concat(settled).Concat(rig.Logged.Lines), text =>
            Assert.DoesNotContain(Needle, text, StringComparison.OrdinalIgnoreCase));
        Assert.Contains(stored, text => text.Contains($"{status}", StringComparison.Ordinal));
        Assert.NotEmpty(rig.Logged.Lines);
    }

    [Theory]
    [InlineData("See https://example.com/a/b?c=d for more.", "See https://example.com/… for more.")]
    [InlineData("See https://example.com.", "See https://example.com.")]
    [InlineData("{\"a\":\"http://x/y\",\"b\":1}", "{\"a\":\"http://x/…\",\"b\":1}")]
    [InlineData("https://a/b https://c/d", "https://a/… https://c/…")]
    [InlineData("No URL: a/b, c:d, 12:30, C:\\x", "No URL: a/b, c:d, 12:30, C:\\x")]
    [InlineData("", "")]
    public void The_rest_of_a_text_stays(string text, string kept) => Assert.Equal(kept, UrlMask.Hide(text));
}
