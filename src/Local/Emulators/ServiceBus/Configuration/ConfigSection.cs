using System.Globalization;
using System.Text.Json;
using System.Xml;

namespace Atrium.Local.Emulators.ServiceBus.Configuration;

/// <summary>One object of the file, with the path to it, so that each complaint can say where.</summary>
internal sealed class ConfigSection
{
    readonly JsonElement _element;

    ConfigSection(JsonElement element, string path)
    {
        _element = element.ValueKind == JsonValueKind.Object
            ? element
            : throw new JsonException($"{(path.Length == 0 ? "the file" : path)} must be a JSON object");
        Path = path;
    }

    public string Path { get; }

    public IEnumerable<string> Names => _element.EnumerateObject().Select(p => p.Name);

    public static ConfigSection Root(JsonElement element) => new(element, "");

    public ConfigSection Object(string name) =>
        Find(name) is { } found ? new(found, At(name)) : throw new JsonException($"{At(name)} is missing");

    public ConfigSection? OptionalObject(string name) => Find(name) is { } found ? new(found, At(name)) : null;

    public IEnumerable<ConfigSection> Items(string name)
    {
        if (Find(name) is not { } found)
        {
            return [];
        }

        return found.ValueKind == JsonValueKind.Array
            ? found.EnumerateArray().Select((item, i) => new ConfigSection(item, $"{At(name)}[{i}]"))
            : throw new JsonException($"{At(name)} must be an array");
    }

    public string? Text(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } s => s.GetString(),
        _ => throw new JsonException($"{At(name)} must be a string"),
    };

    public bool Flag(string name) => Find(name) switch
    {
        null => false,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw new JsonException($"{At(name)} must be true or false"),
    };

    public int Number(string name, int fallback, int least, int most)
    {
        if (Find(name) is not { } found)
        {
            return fallback;
        }

        return found.ValueKind == JsonValueKind.Number && found.TryGetInt32(out var number) && number >= least
            && number <= most
            ? number
            : throw new JsonException(
                string.Create(
                CultureInfo.InvariantCulture, $"{At(name)} must be a whole number from {least} to {most}"));
    }

    public TimeSpan? Duration(string name, TimeSpan least, TimeSpan most)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        TimeSpan duration;
        try
        {
            duration = XmlConvert.ToTimeSpan(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new JsonException($"{At(name)} is '{text}', which is no ISO 8601 duration such as PT1M", e);
        }

        return duration >= least && duration <= most
            ? duration
            : throw new JsonException(
                $"{At(name)} is '{text}', and must be from {XmlConvert.ToString(least)} "
                + $"to {XmlConvert.ToString(most)}");
    }

    string At(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    JsonElement? Find(string name) =>
        _element.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;
}
