using System.Text;
using System.Text.Json;
using Atrium.Local.Emulators;

namespace Atrium.Local.Host.Settings;

/// <summary>
/// A settings file: JSON in which comments and trailing commas are allowed, as Core Tools allows them.
/// </summary>
internal static class JsonFile
{
    /// <summary>Reads a file whose content must be one object.</summary>
    /// <returns>The object, or null when there is no such file.</returns>
    /// <exception cref="HostStartException">The file cannot be read, or is not such JSON.</exception>
    public static JsonElement? Read(string path)
    {
        try
        {
            using var document = ReadableJson.Parse(Encoding.UTF8.GetBytes(File.ReadAllText(path)));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new HostStartException(
                    $"{path} must hold one JSON object, but holds {Describe(document.RootElement)}. "
                    + "Put braces around its settings.");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new HostStartException(
                $"{path} cannot be read: {unreadable.Message} Make it readable for this user, or remove it.",
                unreadable);
        }
        catch (JsonException broken)
        {
            throw new HostStartException(
                $"{path} is not valid JSON at line {broken.LineNumber + 1}, position {broken.BytePositionInLine + 1}: "
                + $"{Reason(broken)} "
                + "Correct it there and start again; if this is the copy that the build puts beside the program, "
                + "correct the one that it was copied from.",
                broken);
        }
    }

    /// <summary>A JSON value in words, without its content: it may be secret.</summary>
    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    // The reader's message ends with the position (counted from 0), which the sentence gives already.
    static string Reason(JsonException broken)
    {
        var end = broken.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? broken.Message : broken.Message[..end];
    }
}
