using System.Text.Json;
using Atrium.Functions.Http;

namespace Atrium.Functions.Subscriptions;

/// <summary>Reads what an admin sent. Strictly: a misspelt field is an error, not a default.</summary>
internal static class SubscriptionRequestReader
{
    static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    static readonly string[] Fields = ["url", "events", "secret", "generateSecret"];

    /// <returns>The request, or what is wrong with it.</returns>
    public static (SubscriptionRequest? Request, IReadOnlyList<FieldError> Errors) Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return (null, [new FieldError("", "A subscription is a JSON object.")]);
            }

            var unknown = document.RootElement.EnumerateObject().Where(field => !Fields.Contains(field.Name)).Select(field => new FieldError(
                $"/{field.Name}", $"There is no such field; the fields are {string.Join(", ", Fields)}.")).ToList();
            return unknown.Count > 0 ? (null, unknown) : (document.RootElement.Deserialize(SubscriptionJson.Default.SubscriptionRequest), []);
        }
        catch (JsonException e) when (e.Path is { } path)
        {
            return (null, [new FieldError(path.TrimStart('$').Replace('.', '/').Replace("[", "/", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal), "This value is of the wrong kind.")]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, [new FieldError("", "The body is not valid JSON: " + e.Message)]);
        }
    }
}
