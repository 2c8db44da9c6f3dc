using System.Text.Json;
using Atrium.Functions.Http;

namespace Atrium.Functions.Subscriptions;

/// <summary>
/// A change as a JSON Merge Patch (RFC 7396): what is left out stays, null removes, objects are merged.
/// </summary>
internal sealed record SubscriptionPatch
{
    public JsonElement Name { get; init; }

    public JsonElement Url { get; init; }

    public JsonElement Events { get; init; }

    public JsonElement Headers { get; init; }

    /// <summary>Whether the values of the headers until now are needed.</summary>
    public bool MergesHeaders() => Headers.ValueKind == JsonValueKind.Object;

    /// <summary>Whether all headers stay as they are.</summary>
    public bool KeepsHeaders() => Headers.ValueKind == JsonValueKind.Undefined;

    /// <param name="subscription">What the patch is made to.</param>
    /// <param name="values">Its headers with their values; looked at when <see cref="MergesHeaders"/> says so.</param>
    /// <returns>The settings after it, or what is wrong with it.</returns>
    public (SubscriptionSettings? Settings, IReadOnlyList<FieldError> Errors) ApplyTo(
        Subscription subscription, IReadOnlyDictionary<string, string> values)
    {
        var errors = new List<FieldError>();
        var settings = new SubscriptionSettings
        {
            Name = Merged(Name, subscription.Name, Text, "name", errors),
            Url = Merged(Url, subscription.Url, Text, "url", errors),
            Events = Merged<IReadOnlyList<string>>(Events, subscription.Events, Texts, "events", errors),
            Headers = Merged<IReadOnlyDictionary<string, string?>>(
                Headers, null, element => MergedHeaders(element, values), "headers", errors),
        };
        errors.AddRange(HeaderRule.Repeated(HeaderNames()));
        if (LeavesHostWith(subscription, settings.Url) is { Count: > 0 } kept)
        {
            errors.Add(new FieldError(
                "/headers",
                FieldErrorCode.OtherHost,
                $"The values of {string.Join(", ", kept)} were given for another host, which may be somebody else's. "
                    + "Send them again with the new URL, or null to remove them."));
        }

        return errors.Count > 0 ? (null, errors) : (settings, []);
    }

    // Values are shown to nobody: a change of the URL alone must not show them to whoever answers there.
    IReadOnlyList<string> LeavesHostWith(Subscription subscription, string? url)
    {
        if (subscription.Headers is not { } stored || Headers.ValueKind == JsonValueKind.Null
            || AbsoluteUrl.Of(url) is null || subscription.HasOriginOf(url))
        {
            return [];
        }

        return stored.Names.Count == 0
            ? ["headers whose names cannot be read"]
            : [.. stored.Names.Except(HeaderNames(), StringComparer.OrdinalIgnoreCase)];
    }

    IEnumerable<string> HeaderNames() =>
        MergesHeaders() ? Headers.EnumerateObject().Select(header => header.Name) : [];

    static T? Merged<T>(JsonElement sent, T? before, Func<JsonElement, T?> read, string field, List<FieldError> errors)
        where T : class
    {
        if (sent.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return sent.ValueKind == JsonValueKind.Null ? null : before;
        }

        var value = read(sent);
        if (value is null)
        {
            errors.Add(new FieldError(
                FieldError.PointerTo(field), FieldErrorCode.WrongType, "This value is of the wrong kind."));
        }

        return value;
    }

    static string? Text(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return null;
        }
    }

    static List<string>? Texts(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var texts = element.EnumerateArray().Select(Text).OfType<string>().ToList();
        return texts.Count == element.GetArrayLength() ? texts : null;
    }

    // Names are the same in any case: a patch that writes one otherwise means the one that is there.
    static Dictionary<string, string?>? MergedHeaders(JsonElement sent, IReadOnlyDictionary<string, string> before)
    {
        if (sent.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var merged = before.ToDictionary(header => header.Key, string? (header) => header.Value);
        foreach (var header in sent.EnumerateObject())
        {
            var name = before.Keys.FirstOrDefault(name => name.Equals(header.Name, StringComparison.OrdinalIgnoreCase))
                ?? header.Name;
            if (header.Value.ValueKind == JsonValueKind.Null)
            {
                merged.Remove(name);
            }
            else if (Text(header.Value) is { } value)
            {
                merged[name] = value;
            }
            else
            {
                return null;
            }
        }

        return merged;
    }
}
