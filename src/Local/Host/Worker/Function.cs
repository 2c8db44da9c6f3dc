using System.Text.Json;
using Atrium.Local.Host.Worker.Messages;

namespace Atrium.Local.Host.Worker;

/// <summary>
/// A function as the worker reports it: its id for the worker, its name, and its trigger as it is in the attribute.
/// </summary>
internal sealed class Function
{
    readonly JsonElement _trigger;

    /// <exception cref="HostStartException">It has no trigger, or one that the local host has not.</exception>
    public Function(RpcFunctionMetadata metadata)
    {
        (Id, Name) = (metadata.FunctionId, metadata.Name);
        var triggers = metadata.RawBindings
            .Select(binding => JsonSerializer.Deserialize<JsonElement>(binding))
            .Where(binding => Text(binding, "type")?.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase) == true)
            .ToList();
        _trigger = triggers is [var one]
            ? one
            : throw Refused("it has no trigger, or several. Give one parameter a trigger's attribute.");
        Trigger = Text(_trigger, "type")!;
        Parameter = Text(_trigger, "name")!;
    }

    public string Id { get; }

    public string Name { get; }

    /// <summary>The trigger's kind, such as <c>httpTrigger</c>.</summary>
    public string Trigger { get; }

    /// <summary>The parameter that the trigger fills.</summary>
    public string Parameter { get; }

    /// <summary>What the trigger's attribute says; null when it does not.</summary>
    public string? Text(string property) => Text(_trigger, property);

    /// <inheritdoc cref="Text(string)"/>
    public bool? Flag(string property) => Member(_trigger, property)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <inheritdoc cref="Text(string)"/>
    public IReadOnlyList<string> List(string property) =>
        Member(_trigger, property) is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Select(item => item.GetString()!)]
            : [];

    public bool Has(string trigger) => Trigger.Equals(trigger, StringComparison.OrdinalIgnoreCase);

    /// <summary>The failure that refuses to start the function.</summary>
    public HostStartException Refused(string why) => new($"The function {Name} cannot be started: {why}");

    public override string ToString() => $"function {Name}";

    static string? Text(JsonElement binding, string property) =>
        Member(binding, property) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    static JsonElement? Member(JsonElement binding, string name)
    {
        foreach (var member in binding.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return member.Value;
            }
        }

        return null;
    }
}
