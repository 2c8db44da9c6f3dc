using System.Text.Json;

namespace Atrium.Infra.Tests;

/// <summary>
/// What a deployment with one of the parameter files would make, as Bicep works it out: conditions decided, loops run,
/// names made.
/// </summary>
internal sealed class Snapshot
{
    /// <summary>
    /// A parameter file for each, and two of the tests' own: with every option on, and with a network without private
    /// endpoints, and more units than it may grow to.
    /// </summary>
    public static readonly IReadOnlyList<string> Files = ["main.dev", "main.prod", "everything", "static"];

    static readonly Dictionary<string, Lazy<Task<Snapshot>>> Made = Files.ToDictionary(
        file => file, file => new Lazy<Task<Snapshot>>(() => MakeAsync(file, new Dictionary<string, string>())));

    Snapshot(JsonElement root) => Resources = [.. root.GetProperty("predictedResources").EnumerateArray()];

    /// <summary>All resources, modules resolved.</summary>
    public IReadOnlyList<JsonElement> Resources { get; }

    /// <summary>The snapshot of a parameter file; made once, since it takes seconds.</summary>
    public static Task<Snapshot> OfAsync(string file) => Made[file].Value;

    /// <summary>The snapshot of main.bicepparam, with variables such as <c>azd</c> passes on.</summary>
    public static async Task<Snapshot> WithAsync(IReadOnlyDictionary<string, string> environment)
    {
        // A file of its own, because tests run side by side.
        var file = $"probe-{Guid.NewGuid():N}";
        var path = Path.Combine(Bicep.Folder, $"{file}.bicepparam");
        File.Copy(Path.Combine(Bicep.Folder, "main.bicepparam"), path);
        try
        {
            return await MakeAsync(file, environment);
        }
        finally
        {
            File.Delete(path);
            File.Delete(Path.Combine(Bicep.Folder, $"{file}.snapshot.json"));
        }
    }

    /// <summary>The resources of a type.</summary>
    public IEnumerable<JsonElement> OfType(string type) =>
        Resources.Where(resource => resource.GetProperty("type").GetString() == type);

    /// <summary>The <c>properties</c> of the one resource of a type.</summary>
    public JsonElement Only(string type) => Assert.Single(OfType(type)).GetProperty("properties");

    /// <summary>What the items of the workbook hold: parameters, queries, metrics.</summary>
    public IEnumerable<JsonElement> WorkbookItems() =>
        JsonElement.Parse(Only("Microsoft.Insights/workbooks").GetProperty("serializedData").GetString()!)
            .GetProperty("items").EnumerateArray().Select(item => item.GetProperty("content"));

    /// <summary>
    /// What a role is given on: the first part of the assignment's id, also when the rest, with the principal in it, is
    /// known only at the deployment.
    /// </summary>
    public static string ScopeOf(JsonElement assignment)
    {
        var id = assignment.GetProperty("id").GetString()!;
        return id.StartsWith('[')
            ? id.Split('\'')[1]
            : id[..id.IndexOf("/providers/Microsoft.Authorization/", StringComparison.Ordinal)];
    }

    /// <summary>The app's settings.</summary>
    public IReadOnlyDictionary<string, string> Settings() =>
        Assert.Single(
            OfType("Microsoft.Web/sites/config"),
            config => config.GetProperty("name").GetString()!.EndsWith("/appsettings", StringComparison.Ordinal))
            .GetProperty("properties").EnumerateObject()
                .ToDictionary(setting => setting.Name, setting => setting.Value.GetString()!);

    static async Task<Snapshot> MakeAsync(string file, IReadOnlyDictionary<string, string> environment)
    {
        await Bicep.RunAsync(
            environment, "snapshot", $"{file}.bicepparam", "--mode", "overwrite", "--location", "westeurope",
            "--subscription-id", "00000000-0000-0000-0000-000000000001", "--tenant-id",
            "00000000-0000-0000-0000-000000000002");
        using var document = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(Bicep.Folder, $"{file}.snapshot.json")));
        Assert.Empty(document.RootElement.GetProperty("diagnostics").EnumerateArray());
        return new Snapshot(document.RootElement.Clone());
    }
}
