using System.Text.Json;
using Atrium.Functions.Contract;
using Atrium.Functions.Signing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Atrium.Local.Host.Http;

/// <summary>
/// A receiver to subscribe first, at <see cref="Path"/> of the host itself: it verifies what comes, and prints a line
/// about it.
/// </summary>
internal static class BuiltInReceiver
{
    public const string Path = "/local/receiver";

    /// <summary>
    /// What a subscription to it is given. It protects nothing, and says so: the bytes are
    /// local-receiver-only-not-a-secret.
    /// </summary>
    public const string Secret = "whsec_bG9jYWwtcmVjZWl2ZXItb25seS1ub3QtYS1zZWNyZXQ=";

    const int MaxBytes = 256 * 1024;

    static readonly SigningSecret Key = SigningSecret.Parse(Secret).Secret!;

    public static void Map(WebApplication web, TimeProvider time) => web.MapPost(Path, async (HttpContext http) =>
    {
        // More than any event has.
        if (http.Request.ContentLength is null or > MaxBytes)
        {
            http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var headers = http.Request.Headers;
        var (status, line) = Judge(
            headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"], body.ToArray(),
            time.GetUtcNow());
        Console.WriteLine($"  received  {line}");
        http.Response.StatusCode = status;
    });

    /// <summary>What it answers, and what it prints.</summary>
    public static (int Status, string Line) Judge(
        string? id, string? timestamp, string? signature, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        var name = NameOf(body.Span);
        return string.IsNullOrEmpty(signature)
            ? (StatusCodes.Status204NoContent, $"{name}, not signed")
            : StandardWebhooks.Verify(id, timestamp, signature, body.Span, [Key], now) switch
            {
                SignatureCheck.Valid => (StatusCodes.Status204NoContent, $"{name}, signature verified"),
                var failed => (
                    StatusCodes.Status401Unauthorized,
                    $"{name}, signature refused ({failed}): give the subscription the secret {Secret}"),
            };
    }

    // Of what anybody may have sent nothing else is shown: a terminal would obey it.
    static string NameOf(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.GetProperty("event").GetString() is { } name
                && EventSelection.Delivered.Contains(name))
            {
                return name;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // It is no event.
        }

        return "something that is no event";
    }
}
