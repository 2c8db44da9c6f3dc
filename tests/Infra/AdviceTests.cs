using System.Text.Json;
using System.Text.RegularExpressions;
using Atrium.Functions.Events;

namespace Atrium.Infra.Tests;

/// <summary>Advice that would open or lose something if a page gave only half of it.</summary>
public sealed partial class AdviceTests
{
    // With the key and without a token every tenant is open.
    [Fact]
    public void Whoever_is_told_to_add_the_key_is_told_to_refuse_calls_without_a_token()
    {
        var pages = Directory
            .GetFiles(Path.Combine(AppContext.BaseDirectory, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(AppContext.BaseDirectory, "SECURITY.md"));
        var advice = pages.SelectMany(page => Paragraph().Split(File.ReadAllText(page)))
            .Where(text => text.Contains("gateway", StringComparison.Ordinal) && Key().IsMatch(text)
                && !text.Contains("```", StringComparison.Ordinal)
                && !text.Contains("ATRIUM_SMOKE_ADDRESS", StringComparison.Ordinal)).ToList();

        Assert.InRange(advice.Count, 4, 8);
        Assert.All(advice, text => Assert.Contains("refuse", text, StringComparison.Ordinal));
        var page = Page("docs/deploy.md");
        Assert.Contains("validate-azure-ad-token", page, StringComparison.Ordinal);
        Assert.Contains("--key-type functionKeys --key-name gateway", page, StringComparison.Ordinal);
    }

    // Front Door answers a POST that does not say how long it is with a 411.
    [Fact]
    public void A_command_that_posts_says_how_long_its_body_is()
    {
        var posts = Directory
            .GetFiles(Path.Combine(AppContext.BaseDirectory, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(AppContext.BaseDirectory, "README.md"))
            .SelectMany(page => Curl().Matches(File.ReadAllText(page))).Select(match => match.Value)
            .Where(command => command.Contains(" -X P", StringComparison.Ordinal)).ToList();

        Assert.InRange(posts.Count, 10, 30);
        Assert.All(posts, command => Assert.Matches(" (-d|--data|-H '(?i)content-length: 0')", command));
    }

    // A host that starts may not have read its keys yet.
    [Fact]
    public void Whoever_publishes_is_told_to_repeat_a_401()
    {
        using var document = JsonDocument.Parse(
            typeof(EventKeys).Assembly.GetManifestResourceStream("Atrium.Functions.Operations.openapi.json")!);
        var answer = document.RootElement.GetProperty("components").GetProperty("responses").GetProperty("Unauthorized")
            .GetProperty("description").GetString()!;

        Assert.All([answer, Section("Releases")], text =>
        {
            Assert.Contains("right key", text, StringComparison.Ordinal);
            Assert.Matches("repeat [^.]*(?i)Idempotency-Key[^.]* before", text);
        });
        Assert.Contains("401", Section("Releases"), StringComparison.Ordinal);
    }

    // The command that sets a key no longer shows its value: https://learn.microsoft.com/cli/azure/functionapp/keys
    [Fact]
    public void Who_has_lost_a_key_learns_how_to_replace_it_and_each_caller_has_one_of_its_own()
    {
        var section = Page("docs/deploy.md").Split("\n### To replace a key\n")[1].Split("\n## ")[0];
        var text = Space().Replace(section, " ");

        Assert.Contains("--key-type functionKeys --key-name $CALLER", text, StringComparison.Ordinal);
        Assert.Contains("--query functionKeys.$CALLER", text, StringComparison.Ordinal);
        Assert.Contains("--key-type functionKeys --key-name default", text, StringComparison.Ordinal);
        Assert.Contains("`_master`", text, StringComparison.Ordinal);
        Assert.Matches("each caller [^.]* of its own", text);
        foreach (var command in Set().Matches(Page("docs/deploy.md")).Select(match => match.Value))
        {
            Assert.Contains("--output none", command, StringComparison.Ordinal);
        }

        Assert.Contains("(#to-replace-a-key)", Section("Sign-in"), StringComparison.Ordinal);
        Assert.Contains("(#to-replace-a-key)", Section("Let Atrium publish"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_says_whom_the_tag_of_the_test_from_outside_lets_in() =>
        Assert.Matches(
            "`ApplicationInsightsAvailability`[^`]*all\\s+customers\\s+of\\s+Azure", Page("docs/deploy.md"));

    // Most commands of the runbook call the app, which then lets in only who is named.
    [Fact]
    public void Operators_learn_how_to_call_an_app_that_lets_only_some_in()
    {
        var page = Section("Who may call");
        Assert.Contains("- **Operators** ", page, StringComparison.Ordinal);
        Assert.Contains("(runbook.md#if-the-app-answers-403)", page, StringComparison.Ordinal);
        Assert.Contains("(#back-to-the-version-before)", page, StringComparison.Ordinal);

        var hand = Page("docs/runbook.md").Split("\n## What you need at hand\n")[1].Split("\n## ")[0];
        var text = Space().Replace(hand.Split("\n### If the app answers 403\n")[1], " ");
        Assert.Contains("(#if-the-app-answers-403)", hand, StringComparison.Ordinal);
        Assert.Contains("access-restriction add ", text, StringComparison.Ordinal);
        Assert.Contains("access-restriction remove ", text, StringComparison.Ordinal);
        Assert.Contains("`--scm-site true`", text, StringComparison.Ordinal);
        Assert.Contains("The next deployment takes the rule away", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("docs/admin-api.md")]
    [InlineData("SECURITY.md")]
    public void An_erasure_is_to_be_repeated_when_what_was_under_way_has_ended(string file)
    {
        var text = Space().Replace(Page(file), " ");
        Assert.Contains("repeat it 25 minutes later", text, StringComparison.Ordinal);
        Assert.Contains("after an outage", text, StringComparison.Ordinal);
        Assert.Contains("`taken` 0 messages", text, StringComparison.Ordinal);
    }

    // What is posted again under its key would be taken for sent.
    [Fact]
    public void Who_has_lost_the_namespace_learns_what_remembers_it()
    {
        var text = Page("docs/deploy.md").Split("- **The Service Bus namespace.**")[1].Split("\n- **")[0];
        var table = EventKeys.Weeks.Name(DateTimeOffset.UnixEpoch)[..^"1970W01".Length];

        Assert.Contains($"`{table}`", text, StringComparison.Ordinal);
        Assert.Contains("`RebuildIndex`", text, StringComparison.Ordinal);
        Assert.Contains("pe-namespace-", text, StringComparison.Ordinal);
        Assert.Contains("(#let-atrium-publish)", text, StringComparison.Ordinal);
        Assert.Contains("Idempotency-Key", text, StringComparison.Ordinal);
    }

    // Nothing reaches it from outside.
    [Fact]
    public void Who_has_recovered_a_storage_account_learns_that_it_is_cut_off_until_a_deployment()
    {
        var text = Lost("A storage account");

        Assert.Contains("[deploy again](#deploy-again), because a recovered account", text, StringComparison.Ordinal);
        Assert.Contains(" has lost its lock and [its private endpoint](", text, StringComparison.Ordinal);
        Assert.Contains("as in production, nothing reaches it before that", text, StringComparison.Ordinal);
    }

    // `azd provision` makes resources, and an app without a package answers nothing.
    [Theory]
    [InlineData("The package")]
    [InlineData("A storage account")]
    public void Who_has_lost_the_package_learns_which_command_uploads_one(string what)
    {
        var text = Lost(what);

        Assert.Contains("(#deploy-again)", text, StringComparison.Ordinal);
        Assert.Contains("`azd deploy`", text, StringComparison.Ordinal);
        Assert.Contains("`azd provision` uploads no package", text, StringComparison.Ordinal);
        var section = Page("docs/deploy.md").Split("\n### Deploy again\n")[1].Split("\n## ")[0];
        Assert.Contains("uploads no package. `azd deploy` does", section, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_removes_production_learns_that_the_subnet_may_take_a_while() => Assert.Contains(
        "`azd down` of production ends with `InUseSubnetCannotBeDeleted`, repeat it later",
        Space().Replace(Page("docs/deploy.md").Split("\n## To remove it, and begin again\n")[1], " "),
        StringComparison.Ordinal);

    // A point of the list of what can be lost, with one space between words.
    static string Lost(string what)
    {
        var section = Page("docs/deploy.md").Split("\n## When something is lost\n")[1];
        return Space().Replace(section.Split($"\n- **{what}.**")[1].Split("\n- **")[0], " ");
    }

    // With one space between words.
    static string Section(string title) =>
        Space().Replace(Page("docs/deploy.md").Split($"\n## {title}\n")[1].Split("\n## ")[0], " ");

    static string Page(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, file));

    // To its last line, if it goes on.
    [GeneratedRegex(@"\bcurl (.*\\\n)*.*")]
    private static partial Regex Curl();

    [GeneratedRegex(@"az functionapp keys set (.*\\\n)*.*")]
    private static partial Regex Set();

    // A point of a list is one too.
    [GeneratedRegex("\\n\\n|\\n(?=- )")]
    private static partial Regex Paragraph();

    [GeneratedRegex("\\bkey\\b")]
    private static partial Regex Key();

    [GeneratedRegex("\\s+")]
    private static partial Regex Space();
}
