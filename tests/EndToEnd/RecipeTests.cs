using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Atrium.Functions.Signing;
using Atrium.JavaScript;

namespace Atrium.EndToEnd;

/// <summary>The code that recipes give to be pasted, on what our own code signs.</summary>
public sealed partial class RecipeTests
{
    static readonly SigningSecret Secret = SigningSecret.Generate(RandomNumberGenerator.GetBytes);

    static readonly SigningSecret Other = SigningSecret.Generate(RandomNumberGenerator.GetBytes);

    static string Recipes => Path.Combine(AppContext.BaseDirectory, "recipes");

    static string German => Path.Combine(Recipes, "de");

    public static TheoryData<string> Tools =>
        new(Directory.GetFiles(Recipes, "*.md").Select(file => Path.GetFileNameWithoutExtension(file)));

    [Theory]
    [InlineData("zapier")]
    [InlineData("n8n")]
    public async Task The_code_of_a_recipe_goes_on_with_signed_events_only(string tool)
    {
        var body = Encoding.UTF8.GetBytes("""{ "event":"visitor.checked_in",  "visitor":{"first_name":"Zoë"} }""");
        var requests = new[]
        {
            SignedHeaders.Of("msg_1", body, [Secret]),
            SignedHeaders.Of("msg_1", body, [Secret, Other]),
            SignedHeaders.Of("msg_1", body, [Other, Secret]),
            SignedHeaders.Of("msg_1", body, [Other]),
            SignedHeaders.Of("msg_1", body, [Secret], age: TimeSpan.FromMinutes(6)),
            SignedHeaders.Of("msg_1", body, []),
            SignedHeaders.Of("msg_1", body, [Secret], isTest: true),
        };

        var printed = await NodeScript.RunAsync(
            Path.Combine(AppContext.BaseDirectory, "scripts", "recipe.mjs"),
            [
                tool, Path.Combine(Recipes, $"{tool}.md"), Secret.Reveal(), Convert.ToBase64String(body),
                JsonSerializer.Serialize(requests),
            ]);

        Assert.Equal(
            ["visitor.checked_in", "visitor.checked_in", "visitor.checked_in", null, null, null, null],
            JsonSerializer.Deserialize<List<string?>>(printed)!);
    }

    [Fact]
    public async Task The_recipe_for_Node_RED_shows_the_code_of_the_flow()
    {
        var flow = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "samples", "node-red", "flow.json")));
        var code = flow!.AsArray().Where(node => (string?)node!["name"] is "verify" or "remember")
            .Select(node => $"```js\n{node!["func"]!.GetValue<string>()}\n```");

        var recipe = await File.ReadAllTextAsync(Path.Combine(Recipes, "node-red.md"));
        Assert.Equal(code, Found(Fence(), recipe));
    }

    [Fact]
    public async Task The_page_about_signatures_shows_the_code_of_the_receiver_in_JavaScript()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "verifying-signatures.md"));
        var shown = Assert.Single(Found(Fence(), page), fence => fence.StartsWith("```js\n", StringComparison.Ordinal));

        Assert.Contains(
            shown["```js\n".Length..^"```".Length],
            await File.ReadAllTextAsync(
                Path.Combine(AppContext.BaseDirectory, "samples", "javascript", "receiver.mjs")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Each_recipe_is_there_in_German_too() => Assert.Equal(
        Directory.GetFiles(Recipes, "*.md").Select(Path.GetFileName).Order(),
        Directory.GetFiles(German, "*.md").Select(Path.GetFileName).Order());

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task The_German_one_has_the_same_code_values_and_steps(string tool)
    {
        var english = await File.ReadAllTextAsync(Path.Combine(Recipes, $"{tool}.md"));
        var german = await File.ReadAllTextAsync(Path.Combine(German, $"{tool}.md"));

        Assert.Equal(Found(Fence(), english), Found(Fence(), german));
        Assert.Equal(Found(Heading(), english).Length, Found(Heading(), german).Length);
        Assert.Equal(Found(Step(), english), Found(Step(), german));
        // What is typed or looked for, such as `webhook-test`, has no translation.
        Assert.Equal(
            Found(Code(), Fence().Replace(english, "")).Distinct().Order(),
            Found(Code(), Fence().Replace(german, "")).Distinct().Order());
    }

    static string[] Found(Regex what, string text) => [.. what.Matches(text).Select(match => match.Value)];

    [GeneratedRegex(@"^```\w*\n.*?\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("^#+ ", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^(\d+\.|-) ", RegexOptions.Multiline)]
    private static partial Regex Step();

    [GeneratedRegex("`[^`\n]+`")]
    private static partial Regex Code();
}
