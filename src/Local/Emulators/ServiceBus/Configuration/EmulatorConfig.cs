using System.Text.Json;
using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.ServiceBus.Configuration;

/// <summary>
/// Reads the official emulator's config.json. What this emulator does not do is refused here, before anything starts.
/// </summary>
internal static class EmulatorConfig
{
    public static IReadOnlyList<QueueSettings> Load(string file)
    {
        byte[] json;
        try
        {
            json = File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EmulatorStartException(
                $"The Service Bus emulator cannot read its queues from '{file}' ({e.Message.TrimEnd('.')}): give the "
                + "path of a config.json.", e);
        }

        try
        {
            return Parse(json);
        }
        catch (JsonException e)
        {
            throw new EmulatorStartException(
                $"The Service Bus emulator's '{file}' is not usable: {e.Message.TrimEnd('.')}; correct the file.", e);
        }
    }

    /// <exception cref="JsonException">Not JSON, or it declares what cannot be served; the message says which and
    /// where.</exception>
    public static IReadOnlyList<QueueSettings> Parse(ReadOnlyMemory<byte> json)
    {
        using var document = ReadableJson.Parse(json.Span);
        var namespaces = ConfigSection.Root(document.RootElement).Object("UserConfig").Items("Namespaces").ToList();
        if (namespaces.Count != 1)
        {
            throw new JsonException(
                $"UserConfig.Namespaces must hold exactly one namespace, and holds {namespaces.Count}");
        }

        if (namespaces[0].Items("Topics").Any())
        {
            throw new JsonException(
                "Topics are declared, which this emulator does not have: declare queues only, and leave Topics empty");
        }

        var queues = namespaces[0].Items("Queues").Select(QueueDeclaration.Read).ToList();
        if (queues.Count == 0)
        {
            throw new JsonException("it declares no queues");
        }

        var twice = queues.GroupBy(q => q.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? queues : throw new JsonException($"the queue '{twice.Key}' is declared more than once");
    }
}
