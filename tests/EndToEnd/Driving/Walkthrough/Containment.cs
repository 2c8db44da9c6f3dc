using System.Text.Json;

namespace Atrium.EndToEnd;

/// <summary>Holds an answer against the essential part of it that a page shows.</summary>
internal static class Containment
{
    const char AndSoOn = '…';

    /// <returns>What of the essential part the answer lacks; nothing when it has all.</returns>
    public static IEnumerable<string> Missing(JsonElement shown, JsonElement actual, string at = "") =>
        (shown.ValueKind, actual.ValueKind) switch
        {
            (JsonValueKind.Object, JsonValueKind.Object) =>
                shown.EnumerateObject().SelectMany(property => actual.TryGetProperty(property.Name, out var value)
                ? Missing(property.Value, value, $"{at}/{property.Name}")
                : [$"{at}/{property.Name} is not there"]),
            // Numbers are shown whole and in order; of all else, each that is shown is there.
            (JsonValueKind.Array, JsonValueKind.Array) =>
                shown.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number)
                ? JsonElement.DeepEquals(shown, actual) ? [] : [$"{at} is {actual}"]
                : shown.EnumerateArray()
                    .Where(item => !actual.EnumerateArray().Any(other => !Missing(item, other).Any()))
                    .Select(item => $"{at} has nothing like {item}"),
            (JsonValueKind.String, JsonValueKind.String) => Matches(shown.GetString()!, actual.GetString()!)
                ? []
                : [$"{at} is {actual}"],
            _ => JsonElement.DeepEquals(shown, actual) ? [] : [$"{at} is {actual}"],
        };

    static bool Matches(string shown, string actual) =>
        shown is [.., AndSoOn]
            ? actual.StartsWith(shown[..^1], StringComparison.Ordinal) && actual.Length > shown.Length - 1
            : actual == shown;
}
