using Atrium.Functions.Deliveries;
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
    [InlineData(302, "/login?token=s3cret", "Found. Redirecting to /login?token=s3cret")]
    [InlineData(302, "//example.com/s3cret", "<a href=\"//example.com/s3cret\">Found</a>")]
    [InlineData(404, null, "<script src='//cdn.example.com/s3cret.js'></script>")]
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
    [InlineData(404, null, "<pre>Cannot POST /hook/s3cret-key?token=s3cret</pre>")]
    [InlineData(404, null,
        "{\"error\":\"no such webhook\",\"path\":\"\\u002fhook\\u002fs3cret-key\",\"id\":\"s3cret-key\"}")]
    [InlineData(500, null,
        "https%253A%252F%252Fexample.com%252Fs3cret https:\\u002f\\u002fexample.com\\u002fs3cret")]
    [InlineData(500, null, "amqps://user:s3cret@queue.example.com/%2f redis://:s3cret@cache:6379")]
    public async Task Nothing_of_a_URL_but_its_origin_is_stored_sent_or_logged(
        int status, string? location, string body)
    {
        await using var rig = await DeliveryRig.StartAsync();
        rig.Receiver.Path = "/hook/s3cret-key?token=s3cret";
        await rig.SubscribeAsync();
        rig.Receiver.Answer = async context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = location;
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, body);
        };

        await rig.RunAsync(Some.Delivery());
        await rig.RunAsync(Some.Delivery() with { Attempt = RetrySchedule.MaxAttempts });

        var stored = rig.Tables.Created.Where(name => name.StartsWith("Attempts", StringComparison.Ordinal))
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
}
