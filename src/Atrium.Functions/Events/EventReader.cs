using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Atrium.Functions.Http;
using Atrium.Functions.Messaging;

namespace Atrium.Functions.Events;

/// <summary>
/// Judges an event's bytes. They are only looked at: what is delivered are the bytes themselves, fields we do not know
/// included.
/// </summary>
internal static class EventReader
{
    /// <summary>The largest event, in bytes.</summary>
    public const int MaxBytes = MessageBody.MaxBytes;

    /// <summary>The deepest nesting of objects and arrays.</summary>
    public const int MaxDepth = 32;

    static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    public static EventReading Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return Fault("The body is empty; send one event as JSON.");
        }

        if (bytes.Length > MaxBytes)
        {
            return Fault($"The event has {bytes.Length} bytes; the limit is {MaxBytes} ({MaxBytes / 1024} KB).");
        }

        if (bytes.Span.StartsWith(Encoding.UTF8.Preamble))
        {
            // RFC 8259, 8.1. It would be delivered with the rest, and not every receiver passes over it.
            return Fault(
                "The body begins with a byte order mark (EF BB BF), which JSON must not have. Send it without.");
        }

        if (!Utf8.IsValid(bytes.Span))
        {
            return Fault("The body is not UTF-8.");
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(bytes, Strict);
        }
        catch (InvalidOperationException)
        {
            // Escaped, half of a surrogate pair is valid JSON and no text; as a field's name it cannot even be
            // compared.
            return Fault("The name of a field holds half of a surrogate pair, which is no text.");
        }
        catch (JsonException e)
        {
            return Fault("The body is not the JSON that is accepted here: " + e.Message);
        }

        using (document)
        {
            return new EventValidation(document.RootElement).Judge();
        }
    }

    static EventReading.Invalid Fault(string detail) => new([new FieldError("", detail)]);
}

/// <summary>Bytes judged against the contract: an event, or what is wrong with them.</summary>
internal abstract record EventReading
{
    /// <param name="EventType">One of the contract's three names.</param>
    internal sealed record Valid(string EventType) : EventReading;

    internal sealed record Invalid(IReadOnlyList<FieldError> Errors) : EventReading
    {
        /// <summary>All errors in one line.</summary>
        public override string ToString() =>
            string.Join(
                " ", Errors.Select(
                error => error.Pointer.Length == 0 ? error.Detail : $"{error.Pointer}: {error.Detail}"));
    }
}
