namespace Atrium.Local.Emulators.Tests.ServiceBus;

/// <summary>A folder of a test's own, gone afterwards.</summary>
sealed class StateFolder : IDisposable
{
    public StateFolder(string? queues = null)
    {
        Path = Directory.CreateTempSubdirectory("atrium-servicebus-").FullName;
        ConfigFile = System.IO.Path.Combine(Path, "config.json");
        File.WriteAllText(
            ConfigFile,
            """{ "UserConfig": { "Namespaces": [ { "Name": "n", "Queues": """
            + $$"""[ {{queues ?? Queue("deliveries")}} ] } ] } }""");
    }

    public string Path { get; }

    public string ConfigFile { get; }

    public string DatabaseFile => System.IO.Path.Combine(Path, "servicebus.db");

    public static string Queue(string name, string properties = "") =>
        $$"""{ "Name": "{{name}}", "Properties": { {{properties}} } }""";

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
