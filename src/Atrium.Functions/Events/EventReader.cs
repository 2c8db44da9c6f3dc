using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Atrium.Functions.Messaging;

namespace Atrium.Functions.Events;

/// <summary>
/// Validates an event's bytes. The bytes themselves are delivered, including fields that we do not know.
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
            return Fault(
                $"The event has {bytes.Length} bytes; the limit is {MaxBytes} ({MaxBytes / 1024} KB).",
                FieldErrorCode.InvalidLength);
        }

        if (bytes.Span.StartsWith(Encoding.UTF8.Preamble))
        {
            // RFC 8259, 8.1. It would be delivered too, and not every receiver ignores it.
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
            // Half of a surrogate pair can be escaped in valid JSON, but it is not text. A field's name with it cannot
            // even be compared.
            return Fault("The name of a field holds half of a surrogate pair, which is no text.");
        }
        catch (JsonException e)
        {
            // Not the exception's message: it repeats a part of the body, and this text is kept with the dead letter.
            return Fault(
                e is { LineNumber: { } line, BytePositionInLine: { } at }
                    ? $"From line {line + 1}, byte {at + 1} on, the body is not valid JSON, or it is nested deeper "
                        + $"than {MaxDepth} levels."
                    : "An object of the body has two fields of one name.");
        }

        using (document)
        {
            return new EventValidation(document.RootElement).Validate();
        }
    }

    static EventReading.Invalid Fault(string detail, FieldErrorCode code = FieldErrorCode.InvalidJson) =>
        new([new FieldError("", code, detail)]);
}

/// <summary>The result of validation: an event, or its errors.</summary>
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

/// <summary>Compares a JSON document with the contract, and collects all errors.</summary>
internal sealed class EventValidation(JsonElement root)
{
    readonly List<FieldError> _errors = [];

    public EventReading Validate()
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return new EventReading.Invalid(
                [new FieldError(
                    "", FieldErrorCode.WrongType, $"An event is a JSON object; this is {Name(root.ValueKind)}.")]);
        }

        var eventName = EventName();
        Time(root, "", "timestamp");
        if (Object("visitor") is { } visitor)
        {
            Text(visitor, "/visitor", "email");
            // Many people have only one name. It may come in either field, with the other one empty.
            OptionalText(visitor, "/visitor", "first_name");
            OptionalText(visitor, "/visitor", "last_name");
            OptionalText(visitor, "/visitor", "company");
        }

        if (Object("visit") is { } visit)
        {
            Visit(eventName, visit);
        }

        return _errors.Count == 0 ? new EventReading.Valid(eventName!) : new EventReading.Invalid(_errors);
    }

    void Visit(string? eventName, JsonElement visit)
    {
        const string at = "/visit";
        switch (eventName)
        {
            case EventSelection.PreRegistered:
                Text(visit, at, "host");
                Text(visit, at, "site");
                Time(visit, at, "expected_arrival");
                OptionalText(visit, at, "purpose");
                break;
            case EventSelection.CheckedIn:
                Text(visit, at, "host");
                Text(visit, at, "site");
                Time(visit, at, "checked_in_at");
                break;
            case EventSelection.CheckedOut:
                Time(visit, at, "checked_in_at");
                Time(visit, at, "checked_out_at");
                OptionalTexts(visit, at, "documents_signed");
                break;
        }
    }

    string? EventName()
    {
        if (Required(root, "", "event", JsonValueKind.String) is not { } element)
        {
            return null;
        }

        if (TextOf(element) is { } name && EventSelection.Names.Contains(name))
        {
            return name;
        }

        _errors.Add(new FieldError(
            "/event", FieldErrorCode.UnknownValue,
            $"There is no such event; the events are {string.Join(", ", EventSelection.Names)}."));
        return null;
    }

    JsonElement? Object(string name) => Required(root, "", name, JsonValueKind.Object);

    void Text(JsonElement parent, string at, string name)
    {
        if (Required(parent, at, name, JsonValueKind.String) is not { } element)
        {
            return;
        }

        if (TextOf(element) is not { } text)
        {
            NoText(at, name);
        }
        else if (InvisibleCharacters.AreAllOf(text))
        {
            _errors.Add(new FieldError($"{at}/{name}", FieldErrorCode.Empty, "This text is empty, or shows nothing."));
        }
    }

    void Time(JsonElement parent, string at, string name)
    {
        if (Required(parent, at, name, JsonValueKind.String) is { } element && Timestamp.Read(TextOf(element)) is null)
        {
            _errors.Add(new FieldError($"{at}/{name}", FieldErrorCode.InvalidFormat, Timestamp.Rule));
        }
    }

    void OptionalText(JsonElement parent, string at, string name)
    {
        if (Present(parent, name) is not { } element)
        {
            return;
        }

        if (element.ValueKind != JsonValueKind.String)
        {
            WrongType(at, name, $"This must be a text; it is {Name(element.ValueKind)}.");
        }
        else if (TextOf(element) is null)
        {
            NoText(at, name);
        }
    }

    void OptionalTexts(JsonElement parent, string at, string name)
    {
        if (Present(parent, name) is not { } element)
        {
            return;
        }

        if (element.ValueKind != JsonValueKind.Array
            || element.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
        {
            WrongType(at, name, "This must be a list of texts.");
        }
        else if (element.EnumerateArray().Any(item => TextOf(item) is null))
        {
            NoText(at, name);
        }
    }

    JsonElement? Required(JsonElement parent, string at, string name, JsonValueKind kind)
    {
        if (!parent.TryGetProperty(name, out var element))
        {
            _errors.Add(new FieldError($"{at}/{name}", FieldErrorCode.Missing, "This field is missing."));
            return null;
        }

        if (element.ValueKind != kind)
        {
            WrongType(at, name, $"This must be {Name(kind)}; it is {Name(element.ValueKind)}.");
            return null;
        }

        return element;
    }

    void WrongType(string at, string name, string detail) =>
        _errors.Add(new FieldError($"{at}/{name}", FieldErrorCode.WrongType, detail));

    void NoText(string at, string name) => _errors.Add(new FieldError(
        $"{at}/{name}", FieldErrorCode.InvalidFormat, "This text holds half of a surrogate pair, which is no text."));

    static JsonElement? Present(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var element) && element.ValueKind != JsonValueKind.Null ? element : null;

    // An escaped half of a surrogate pair is valid JSON, but not text.
    static string? TextOf(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
