using System.Globalization;
using System.Text.Json.Nodes;

namespace Atrium.BrowserTests;

/// <summary>Answers of the app, and what is in them.</summary>
internal static class Answers
{
    /// <summary>Changes what an operation answers from now on.</summary>
    public static Task ChangeAsync(this Tab tab, string path, Action<JsonNode> change) =>
        new Stage(tab, isPseudo: false).AnswerAsync(path, async route =>
        {
            var answer = await route.FetchAsync();
            var body = JsonNode.Parse(await answer.TextAsync())!;
            change(body);
            await route.FulfillAsync(new() { Response = answer, Body = body.ToJsonString() });
        });

    /// <summary>A time so many seconds from now; null for none.</summary>
    public static string? In(int? seconds) =>
        seconds is null ? null : Written(TimeProvider.System.GetUtcNow().AddSeconds(seconds.Value));

    /// <summary>A time as the app writes it.</summary>
    public static string Written(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>A job of the list.</summary>
    public static JsonObject Job(string kind, string state, string webhook, int secondsAgo, string? id = null) => new()
    {
        ["id"] = id ?? $"job_{Guid.NewGuid():N}",
        ["kind"] = kind,
        ["queue"] = "deliveries/$deadletterqueue",
        ["filter"] = new JsonObject { ["subscriptionId"] = webhook },
        ["createdAt"] = In(secondsAgo),
        ["updatedAt"] = In(secondsAgo),
        ["endedAt"] = state == "running" ? null : In(secondsAgo),
        ["state"] = state,
        ["stopRequested"] = false,
        ["explanation"] = null,
        ["counts"] = new JsonObject
        {
            ["expected"] = 1,
            ["taken"] = 1,
            ["skipped"] = 0,
            ["firstSkipped"] = new JsonArray(),
            ["subscriptionDeleted"] = 0,
            ["examined"] = 1,
        },
    };
}
