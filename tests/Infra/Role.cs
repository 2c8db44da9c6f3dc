using System.Text.RegularExpressions;

namespace Atrium.Infra.Tests;

/// <summary>A role that the app's identity gets, or a group of people.</summary>
/// <param name="Name">As roles.bicep calls it.</param>
/// <param name="Type">Type of the resource that it is given on.</param>
/// <param name="On">Last part of that resource's name.</param>
internal sealed partial record Role(string Name, string Type, string On)
{
    static readonly Dictionary<string, string> Names = Declaration()
        .Matches(File.ReadAllText(Path.Combine(Bicep.Folder, "roles.bicep")))
        .ToDictionary(match => match.Groups[2].Value, match => match.Groups[1].Value);

    /// <summary>All that a parameter file gives to principals of a type.</summary>
    public static async Task<IReadOnlyList<Role>> OfAsync(string file, string principalType = "ServicePrincipal") =>
    [
        .. (await Snapshot.OfAsync(file)).OfType("Microsoft.Authorization/roleAssignments").Where(
            assignment => assignment.GetProperty("properties").GetProperty("principalType").GetString()
                == principalType).Select(assignment =>
        {
            var type = Snapshot.ScopeOf(assignment).Split("/providers/")[1].Split('/');
            return new Role(
                Names[assignment.GetProperty("properties").GetProperty("roleDefinitionId").GetString()!.Split('/')[^1]],
                string.Join('/', type.Where((_, i) => i == 0 || i % 2 == 1)),
                type[^1]);
        }),
    ];

    [GeneratedRegex("var (\\w+) = '([0-9a-f-]{36})'")]
    private static partial Regex Declaration();
}
