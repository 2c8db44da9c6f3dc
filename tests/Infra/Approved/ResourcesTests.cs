using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Atrium.Functions.Tests.Approved;

namespace Atrium.Infra.Tests.Approved;

public sealed partial class ResourcesTests
{
    [Theory]
    [InlineData("main.dev")]
    [InlineData("main.prod")]
    public async Task Each_stage_has_the_resources_approved(string file) =>
        Approval.Verify(string.Concat((await Snapshot.OfAsync(file)).Resources.Select(Title)), $"resources.{file}");

    [Fact]
    public async Task The_resources_are_as_approved_to_the_last_value()
    {
        var text = new StringBuilder();
        foreach (var resource in (await Snapshot.OfAsync("everything")).Resources)
        {
            text.Append(Title(resource));
            foreach (var property in resource.EnumerateObject()
                .Where(property => property.Name is not ("id" or "type" or "name")))
            {
                Describe(text, property.Name, property.Value);
            }
        }

        Approval.Verify(text.ToString(), "resources.everything");
    }

    // One line for each value, so that a difference shows what changed. Queries, and the workbook that consists of
    // them, are files of their own.
    static void Describe(StringBuilder text, string path, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    Describe(text, $"{path}.{property.Name}", property.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var (i, item) in value.EnumerateArray().Index())
                {
                    Describe(text, $"{path}[{i}]", item);
                }

                break;
            default:
                if (!path.EndsWith(".query", StringComparison.Ordinal)
                    && !path.EndsWith(".serializedData", StringComparison.Ordinal))
                {
                    text.Append($"  {path} = {OfModule().Replace(value.ToString(), "$1")}\n");
                }

                break;
        }
    }

    // A role assignment's own name says nothing; what it is given on does.
    static string Title(JsonElement resource) => resource.GetProperty("type").GetString() switch
    {
        "Microsoft.Authorization/roleAssignments" =>
            $"Microsoft.Authorization/roleAssignments on {Snapshot.ScopeOf(resource).Split("/providers/")[^1]}\n",
        var type => $"{type} {resource.GetProperty("name").GetString()}\n",
    };

    // What is known only when a module has been deployed: identity.outputs.principalId, in many words.
    [GeneratedRegex(
        @"reference\(resourceId\('[^']+', '[^']+', 'Microsoft\.Resources/deployments', "
        + @"format\('(\w+)-\{0\}', uniqueString\('\w+', deployment\(\)\.name\)\)\), '[^']+'\)")]
    private static partial Regex OfModule();
}
