using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Atrium.Functions.Messages;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>Finds whatever may be an e-mail address in a message: in each text of a JSON body, anywhere in another one, and in its properties.</summary>
internal static partial class EmailAddresses
{
    static readonly JsonDocumentOptions Lenient = new() { MaxDepth = 256, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    public static IEnumerable<string> In(ServiceBusReceivedMessage message) =>
        InBody(MessageBody.BytesOf(message)).Concat(message.ApplicationProperties.Values.OfType<string>().SelectMany(InText));

    static IEnumerable<string> InBody(ReadOnlyMemory<byte> body)
    {
        var found = new List<string>();
        try
        {
            using var document = JsonDocument.Parse(body, Lenient);
            Walk(document.RootElement, found);
            return found;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Poison: no JSON, or texts in it that are none. An escaped at sign is one too.
            return InText(Encoding.UTF8.GetString(body.Span).Replace("\\u0040", "@", StringComparison.OrdinalIgnoreCase).Replace("%40", "@", StringComparison.Ordinal));
        }
    }

    static void Walk(JsonElement element, List<string> found)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var field in element.EnumerateObject())
                {
                    found.AddRange(InText(field.Name));
                    Walk(field.Value, found);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Walk(item, found);
                }

                break;
            case JsonValueKind.String:
                found.AddRange(InText(element.GetString()!));
                break;
        }
    }

    static IEnumerable<string> InText(string text) =>
        text.Contains('@', StringComparison.Ordinal) ? Token().Matches(text).Select(match => match.Value.TrimEnd('.')).Append(text) : [];

    // Wider than an address is: what is found is only compared.
    [GeneratedRegex("""[^\s"'<>()\[\]{},;:\\/=&?|@]+@[^\s"'<>()\[\]{},;:\\/=&?|@]+""")]
    private static partial Regex Token();
}
