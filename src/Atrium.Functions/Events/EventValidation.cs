using System.Text.Json;
using Atrium.Functions.Contract;
using Atrium.Functions.Http;

namespace Atrium.Functions.Events;

/// <summary>Holds a JSON document against the contract and gathers everything that is wrong with it.</summary>
internal sealed class EventValidation(JsonElement root)
{
    readonly List<FieldError> _errors = [];

    public EventReading Judge()
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return new EventReading.Invalid(
                [new FieldError("", $"An event is a JSON object; this is {Name(root.ValueKind)}.")]);
        }

        var eventName = EventName();
        Time(root, "", "timestamp");
        if (Object("visitor") is { } visitor)
        {
            Text(visitor, "/visitor", "email");
            // Half the world has one name, which may come in either field, the other empty.
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

        _errors.Add(
            new FieldError(
            "/event", $"This is no event of the contract; the events are {string.Join(", ", EventSelection.Names)}."));
        return null;
    }

    JsonElement? Object(string name) => Required(root, "", name, JsonValueKind.Object);

    void Text(JsonElement parent, string at, string name)
    {
        if (Required(parent, at, name, JsonValueKind.String) is { } element
            && InvisibleCharacters.AreAllOf(TextOf(element) ?? ""))
        {
            _errors.Add(new FieldError($"{at}/{name}", "This text is empty, shows nothing, or is no valid Unicode."));
        }
    }

    void Time(JsonElement parent, string at, string name)
    {
        if (Required(parent, at, name, JsonValueKind.String) is { } element && Timestamp.Read(TextOf(element)) is null)
        {
            _errors.Add(new FieldError($"{at}/{name}", Timestamp.Rule));
        }
    }

    void OptionalText(JsonElement parent, string at, string name)
    {
        if (Present(parent, name) is { ValueKind: not JsonValueKind.String } element)
        {
            _errors.Add(new FieldError($"{at}/{name}", $"This must be a text; it is {Name(element.ValueKind)}."));
        }
    }

    void OptionalTexts(JsonElement parent, string at, string name)
    {
        if (Present(parent, name) is { } element
            && (element.ValueKind != JsonValueKind.Array
                || element.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String)))
        {
            _errors.Add(new FieldError($"{at}/{name}", "This must be a list of texts."));
        }
    }

    JsonElement? Required(JsonElement parent, string at, string name, JsonValueKind kind)
    {
        if (!parent.TryGetProperty(name, out var element))
        {
            _errors.Add(new FieldError($"{at}/{name}", "This field is missing."));
            return null;
        }

        if (element.ValueKind != kind)
        {
            _errors.Add(new FieldError($"{at}/{name}", $"This must be {Name(kind)}; it is {Name(element.ValueKind)}."));
            return null;
        }

        return element;
    }

    static JsonElement? Present(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var element) && element.ValueKind != JsonValueKind.Null ? element : null;

    // An escaped half of a surrogate pair is valid JSON and no text.
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
