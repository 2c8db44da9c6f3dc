using System.Text.Json;
using Atrium.Local.Emulators;

namespace Atrium.Local.Host.Settings;

/// <summary>Reads local.settings.json by the rules of Core Tools.</summary>
internal sealed class LocalSettingsFile(string path)
{
    /// <exception cref="HostStartException">The file is broken; the message says where and what to change.</exception>
    public LocalSettings Read()
    {
        if (JsonFile.Read(path) is not { } root)
        {
            return LocalSettings.Empty;
        }

        if (Member(root, "IsEncrypted") is { } encrypted && Flag(encrypted, "IsEncrypted"))
        {
            throw Wrong(
                "IsEncrypted is true, and only Core Tools can decrypt the values. Run `func settings decrypt`, "
                + "or set IsEncrypted to false and write them plainly.");
        }

        var host = Member(root, "Host");
        return new(
            Member(root, "Values") is { } values ? Texts(values, "Values") : LocalSettings.Empty.Values,
            Member(root, "ConnectionStrings") is { } named
                ? Texts(named, "ConnectionStrings")
                : LocalSettings.Empty.ConnectionStrings,
            host is { } a && Member(a, "LocalHttpPort") is { } port ? Port(port) : null,
            host is { } b && Member(b, "CORS") is { } cors ? Origins(Text(cors, "Host.CORS")) : [],
            host is { } c
                && Member(c, "CORSCredentials") is { } credentials
                && Flag(credentials, "Host.CORSCredentials"));
    }

    static string[] Origins(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    JsonElement? Member(JsonElement parent, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(
                $"Host must be an object, but is {JsonFile.Describe(parent)}. Write it as {{ \"{name}\": ... }}.");
        }

        foreach (var member in parent.EnumerateObject())
        {
            if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase)
                && member.Value.ValueKind != JsonValueKind.Null)
            {
                return member.Value;
            }
        }

        return null;
    }

    Dictionary<string, string> Texts(JsonElement group, string where)
    {
        if (group.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(
                $"{where} must be an object of names and texts, but is {JsonFile.Describe(group)}. "
                + "Write it as { \"Name\": \"value\" }.");
        }

        var texts = new Dictionary<string, string>();
        foreach (var member in group.EnumerateObject())
        {
            // Core Tools' longer form of a connection string: { "ConnectionString": "...", "ProviderName": "..." }.
            var value = where == "ConnectionStrings" && member.Value.ValueKind == JsonValueKind.Object
                ? Member(member.Value, "ConnectionString") ?? member.Value
                : member.Value;
            texts[Name(member.Name, where)] = Text(value, $"{where}.{member.Name}");
        }

        return texts;
    }

    // Each becomes an environment variable.
    string Name(string name, string where) => name.Length > 0 && name.AsSpan().IndexOfAny('=', '\0') < 0
        ? name
        : throw Wrong(
            $"{where} has a value with the name '{name.Replace('\0', '?')}'. A setting's name has at least one "
            + "character, and neither an equals sign nor a null character.");

    string Text(JsonElement value, string where) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw Wrong(
            $"{where} must be a text, but is {JsonFile.Describe(value)}. Write it between quotes; "
            + "nested settings are written with two underscores, as Group__Name."),
    };

    bool Flag(JsonElement value, string where) => bool.TryParse(Text(value, where), out var flag)
        ? flag
        : throw Wrong($"{where} must be true or false.");

    int Port(JsonElement value) => LoopbackPort.TryParse(Text(value, "Host.LocalHttpPort"), out var port)
        ? port
        : throw Wrong(
            $"Host.LocalHttpPort must be a whole number from 0 (any free port) to {LoopbackPort.Highest}, "
            + $"but is '{Text(value, "Host.LocalHttpPort")}'.");

    HostStartException Wrong(string what) => new($"{path}: {what}");
}
