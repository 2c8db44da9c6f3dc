using System.Text.Json;
using System.Text.RegularExpressions;

namespace Atrium.Infra.Tests;

public sealed partial class ParameterTests
{
    static readonly Dictionary<string, string> Azds =
        new() { ["AZURE_ENV_NAME"] = "some", ["AZURE_LOCATION"] = "northeurope" };

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public async Task Azd_deploys_the_stage_that_its_environment_names(string stage)
    {
        var environment = new Dictionary<string, string>(Azds)
        {
            ["ATRIUM_ALERT_EMAILS"] = "a@example.com,b@example.com",
            ["ATRIUM_SIGN_IN_CLIENT_ID"] = "00000000-0000-0000-0000-000000000003",
            ["ATRIUM_TENANT_CLAIM"] = "extension_tenant",
            ["ATRIUM_ALLOWED_SOURCES"] = "203.0.113.0/24,AzureFrontDoor.Backend",
            ["ATRIUM_FRAME_ANCESTORS"] = "https://app.example.com",
            ["ATRIUM_PUBLISHERS"] = "00000000-0000-0000-0000-000000000006",
            ["ATRIUM_NETWORK_PREFIX"] = "10.91.0.0/24",
            ["ATRIUM_BUDGET"] = "1000",
            ["ATRIUM_BUDGET_FROM"] = "2026-12-01",
        };
        var own = await ParametersAsync($"main.{stage}.bicepparam", environment);

        var azds = await ParametersAsync(
            "main.bicepparam", new Dictionary<string, string>(environment) { ["ATRIUM_STAGE"] = stage });

        // Text for text, so none may be in one of the files only: a deployment with that would take away what one with
        // the other made.
        Assert.Equal(
            azds.EnumerateObject().Select(parameter => parameter.Name).Order(),
            own.EnumerateObject().Select(parameter => parameter.Name).Order());
        Assert.All(
            own.EnumerateObject(),
            parameter => Assert.Equal(parameter.Value.GetRawText(), azds.GetProperty(parameter.Name).GetRawText()));
        Assert.Equal("some", azds.GetProperty("environmentName").GetProperty("value").GetString());
        Assert.Equal("northeurope", azds.GetProperty("location").GetProperty("value").GetString());
        Assert.Equal(2, azds.GetProperty("alertEmails").GetProperty("value").GetArrayLength());
        var signIn = azds.GetProperty("signIn").GetProperty("value");
        Assert.Equal("00000000-0000-0000-0000-000000000003", signIn.GetProperty("clientId").GetString());
        Assert.Equal("extension_tenant", signIn.GetProperty("tenantClaim").GetString());
        var door = azds.GetProperty("door").GetProperty("value");
        Assert.Equal(2, door.GetProperty("sources").GetArrayLength());
        Assert.Equal(0, door.GetProperty("deployments").GetArrayLength());
        Assert.Equal(
            "https://app.example.com",
            azds.GetProperty("portal").GetProperty("value").GetProperty("frameAncestors")[0].GetString());
        Assert.Equal(1000, azds.GetProperty("budget").GetProperty("value").GetProperty("amount").GetInt32());
    }

    // As the workflow passes on a variable that is not set.
    [Theory]
    [InlineData("")]
    [InlineData("roles")]
    public async Task An_empty_claim_is_that_of_the_default(string claim)
    {
        var snapshot = await Snapshot.WithAsync(new Dictionary<string, string>(Azds)
        {
            ["ATRIUM_SIGN_IN_CLIENT_ID"] = "00000000-0000-0000-0000-000000000003",
            ["ATRIUM_TENANT_CLAIM"] = claim,
        });

        Assert.Equal(claim == "" ? "tenant" : claim, snapshot.Settings()["Access__TenantClaim"]);
        Assert.Equal(
            claim == "" ? "dev SIGN_IN_CLIENT_ID" : "dev SIGN_IN_CLIENT_ID TENANT_CLAIM",
            Assert.Single(snapshot.OfType("Microsoft.Resources/resourceGroups"))
                .GetProperty("tags").GetProperty("atrium_deployed").GetString());
    }

    // Who is told to separate by commas adds a space.
    [Theory]
    [InlineData("main")]
    [InlineData("main.dev")]
    [InlineData("main.prod")]
    public async Task A_list_may_have_spaces_around_its_commas(string file)
    {
        Dictionary<string, string> lists = new()
        {
            ["ATRIUM_ALERT_EMAILS"] = "alertEmails",
            ["ATRIUM_OPERATORS"] = "operators",
            ["ATRIUM_PUBLISHERS"] = "publishers",
            ["ATRIUM_ALLOWED_SOURCES"] = "door.sources",
            ["ATRIUM_DEPLOYMENT_SOURCES"] = "door.deployments",
            ["ATRIUM_FRAME_ANCESTORS"] = "portal.frameAncestors",
        };
        Assert.Equal(
            lists.Keys.Order(),
            ListVariable().Matches(await File.ReadAllTextAsync(Path.Combine(Bicep.Folder, $"{file}.bicepparam")))
                .Select(match => match.Groups[1].Value).Order());
        var parameters = await ParametersAsync(
            $"{file}.bicepparam",
            Azds.Concat(lists.Keys.Select(name => KeyValuePair.Create(name, " one, two ,three,, ")))
                .ToDictionary(pair => pair.Key, pair => pair.Value));

        Assert.All(lists.Values, path =>
        {
            var names = path.Split('.');
            var value = parameters.GetProperty(names[0]).GetProperty("value");
            Assert.Equal(
                ["one", "two", "three"],
                names.Skip(1).Aggregate(value, (part, name) => part.GetProperty(name)).EnumerateArray()
                    .Select(one => one.GetString()));
        });
    }

    [Fact]
    public async Task Azd_refuses_a_stage_that_there_is_not()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(
            () => ParametersAsync(
                "main.bicepparam", new Dictionary<string, string>(Azds) { ["ATRIUM_STAGE"] = "production" }));

        Assert.Contains("production", failure.Message, StringComparison.Ordinal);
    }

    // Azure deletes nothing that a template no longer has.
    [Fact]
    public async Task What_the_page_says_a_deployment_takes_away_is_unconditional_in_the_template()
    {
        Dictionary<string, string> types = new()
        {
            ["receivers of alerts"] = "Microsoft.Insights/actionGroups",
            ["the sources of calls"] = "Microsoft.Web/sites",
            ["sign-in"] = "Microsoft.Web/sites/config authsettingsV2",
            ["the portal"] = "Microsoft.Web/sites/config appsettings",
            ["roles"] = "Microsoft.Authorization/roleAssignments",
            ["a budget"] = "Microsoft.Consumption/budgets",
        };
        var page = Regex.Replace(
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md")), "\\s+", " ");
        var taken = Taken().Match(page).Groups[1].Value.Split(", ");
        var kept = Kept().Match(page).Groups[1].Value.Split(" and ");
        // Where no variable is set.
        var always = Made(await Snapshot.OfAsync("main.prod"));
        var all = Made(await Snapshot.OfAsync("everything"));

        Assert.Equal(types.Keys.Order(), taken.Concat(kept).Order());
        Assert.All(taken, what => Assert.Equal(Count(all, types[what]), Count(always, types[what])));
        Assert.All(kept, what => Assert.True(Count(all, types[what]) > Count(always, types[what]), what));

        static List<string> Made(Snapshot snapshot) =>
        [
            .. snapshot.Resources.Select(resource => (
                    Type: resource.GetProperty("type").GetString(), Name: resource.GetProperty("name").GetString()!))
                .Select(one => one.Type == "Microsoft.Web/sites/config"
                    ? $"{one.Type} {one.Name.Split('/')[^1]}"
                    : one.Type!),
        ];

        static int Count(List<string> made, string type) => made.Count(one => one == type);
    }

    // Azure deletes nothing that a template no longer has. But a namespace does not change its tier, and a limit that
    // is too high does no harm.
    [Fact]
    public async Task What_a_stage_no_longer_has_is_said_to_stay()
    {
        Dictionary<string, string?> types = new()
        {
            ["Microsoft.Authorization/locks"] = "locks",
            ["Microsoft.Network/virtualNetworks"] = "virtual network",
            ["Microsoft.Network/natGateways"] = "NAT gateway",
            ["Microsoft.Network/publicIPAddresses"] = "public address",
            ["Microsoft.Network/networkSecurityGroups"] = "security group",
            ["Microsoft.Network/privateEndpoints"] = "private endpoints",
            ["Microsoft.Network/privateDnsZones"] = "DNS zones",
            ["Microsoft.Insights/autoscalesettings"] = null,
            ["microsoft.insights/components/pricingPlans"] = null,
        };
        var (dev, prod) = (await Snapshot.OfAsync("main.dev"), await Snapshot.OfAsync("main.prod"));
        var page = Regex.Replace(
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md")), "\\s+", " ");
        var stays = page.Split("Nor does a deployment remove what the stage ")[1].Split("Delete those yourself")[0];

        Assert.Equal(
            types.Keys.Order(),
            // What is part of another goes with it.
            Types(prod).Except(Types(dev)).Where(
                type => !types.Keys.Any(whole => type.StartsWith($"{whole}/", StringComparison.Ordinal))).Order());
        Assert.All(types.Values.OfType<string>(), what => Assert.Contains(what, stays, StringComparison.Ordinal));
        Assert.All(
            Alerts(prod).Except(Alerts(dev)).Concat(Alerts(dev).Except(Alerts(prod))).Where(
                name => !name.StartsWith("bus-", StringComparison.Ordinal)),
            name => Assert.Contains($"`{name}`", stays, StringComparison.Ordinal));

        static IEnumerable<string> Types(Snapshot snapshot) =>
            snapshot.Resources.Select(resource => resource.GetProperty("type").GetString()!).Distinct();

        static List<string> Alerts(Snapshot snapshot) =>
        [
            .. snapshot.OfType("Microsoft.Insights/scheduledQueryRules")
                .Concat(snapshot.OfType("Microsoft.Insights/metricAlerts"))
                .Select(rule => rule.GetProperty("name").GetString()!).Select(name => name[..name.LastIndexOf('-')]),
        ];
    }

    [Fact]
    public async Task What_is_fixed_once_it_is_made_is_among_what_cannot_be_changed()
    {
        using var template = JsonDocument.Parse(await Template.TextAsync());
        var fixedOnce = template.RootElement.GetProperty("definitions").EnumerateObject()
            .SelectMany(type => type.Value.GetProperty("properties").EnumerateObject())
            .Where(property => Fixed().IsMatch(
                property.Value.GetProperty("metadata").GetProperty("description").GetString()!))
            .Select(property => property.Name).ToList();
        var page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md"));
        var listed = page.Split("\nYou cannot change a few values afterwards: ")[1].Split("\n\n")[0];

        Assert.Contains("storageSku", fixedOnce);
        Assert.All(fixedOnce, name => Assert.Contains($"`{name}`", listed, StringComparison.Ordinal));
    }

    // Of --location alone, Azure keeps its record there, and everything comes to be where the file of parameters says.
    [Fact]
    public async Task Who_deploys_without_azd_names_the_region_where_the_template_reads_it()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md"));
        var command = Assert.Single(Deployment().Matches(page)).Value;

        Assert.InRange(
            page.IndexOf("export AZURE_LOCATION=", StringComparison.Ordinal), 1,
            page.IndexOf(command, StringComparison.Ordinal));
        Assert.Contains(" --location $AZURE_LOCATION ", command, StringComparison.Ordinal);
        // Azure refuses a name that has a record in another region.
        Assert.Matches(@" --name \S+-\$AZURE_LOCATION ", command);
    }

    // Without it, a call with the key counts as Atrium's own back end, whatever token comes with it.
    [Fact]
    public async Task Who_takes_sign_in_away_learns_what_becomes_of_callers_with_a_key_and_a_token() => Assert.Matches(
        "without sign-in [^.]* token [^.]*\\. [^.]* key and a token [^.]* every tenant",
        Regex.Replace(
            (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md")))
                .Split("\n### Deploy again\n")[1].Split("\n## ")[0].ToLowerInvariant(), "\\s+", " "));

    // A pipeline that leaves one out takes away what it made: a restriction, a sign-in, the portal.
    [Theory]
    [InlineData("docs/deploy.md")]
    [InlineData("workflows/deploy-stage.yml")]
    public async Task Every_variable_is_explained_and_passed_on_by_the_workflow(string file)
    {
        var read = Variable().Matches(await File.ReadAllTextAsync(Path.Combine(Bicep.Folder, "main.bicepparam")))
            .Select(match => match.Groups[1].Value).Distinct().ToList();
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, file));

        Assert.Contains("ATRIUM_STAGE", read);
        Assert.All(read, name => Assert.Matches($"\\b{name}\\b", text));
    }

    // What the hook preprovision refuses to take away. Azure allows a tag 256 characters.
    [Fact]
    public async Task Each_variable_that_was_set_is_noted_on_the_resource_group()
    {
        var read = Variable().Matches(await File.ReadAllTextAsync(Path.Combine(Bicep.Folder, "main.bicepparam")))
            .Select(match => match.Groups[1].Value).Where(name => name.StartsWith("ATRIUM_", StringComparison.Ordinal))
            // The stage comes first, a budget has both, and a commit has a note of its own.
            .Except(["ATRIUM_STAGE", "ATRIUM_BUDGET_FROM", "ATRIUM_SMOKE_COMMIT"])
            .Select(name => name["ATRIUM_".Length..]);
        var noted = await DeployedAsync("everything");

        Assert.Equal("prod", noted.Split(' ')[0]);
        Assert.Equal(read.Distinct().Order(), noted.Split(' ')[1..].Order());
        Assert.InRange(noted.Length, 1, 256);
        Assert.Equal("prod", await DeployedAsync("main.prod"));
        Assert.Equal("dev", await DeployedAsync("main.dev"));

        static async Task<string> DeployedAsync(string file) =>
            Assert.Single((await Snapshot.OfAsync(file)).OfType("Microsoft.Resources/resourceGroups"))
                .GetProperty("tags").GetProperty("atrium_deployed").GetString()!;
    }

    [Fact]
    public async Task Each_value_that_the_pages_ask_azd_for_is_one_that_the_template_gives()
    {
        using var template = JsonDocument.Parse(await Template.TextAsync());
        var given = template.RootElement.GetProperty("outputs").EnumerateObject().Select(output => output.Name);
        var asked = Directory
            .GetFiles(Path.Combine(AppContext.BaseDirectory, "docs"), "*.md", SearchOption.AllDirectories)
            .SelectMany(page => Asked().Matches(File.ReadAllText(page))).Select(match => match.Groups[1].Value)
            .Distinct().ToList();

        Assert.Contains("SERVICE_BUS_HOST", asked);
        // The subscription is azd's own.
        Assert.Empty(asked.Except(given.Append("AZURE_SUBSCRIPTION_ID")));
    }

    // Azure takes no month but the present one for a new budget.
    [Fact]
    public async Task A_new_budget_begins_in_the_present_month()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md"));
        // For production, and for the region that takes over.
        Assert.Equal(
            2, page.Split("azd env set ATRIUM_BUDGET_FROM ").Skip(1).Count(after => after.StartsWith(
                "$(date +%Y-%m-01)", StringComparison.Ordinal)));
        Assert.DoesNotContain("ATRIUM_BUDGET_FROM 2", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_variable_of_a_hook_is_explained_and_passed_on_by_the_workflow()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md"));
        var workflow = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "workflows", "deploy-stage.yml"));
        var read = Directory.GetFiles(Path.Combine(Bicep.Folder, "hooks"))
            .SelectMany(hook => OfHook().Matches(File.ReadAllText(hook))).Select(match => match.Value).Distinct()
            .ToList();

        Assert.Contains("ATRIUM_SMOKE_TRIES", read);
        Assert.All(read, name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
        Assert.All(read, name => Assert.Contains($"      {name}: ", workflow, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_parameter_is_explained()
    {
        using var template = JsonDocument.Parse(await Template.TextAsync());
        var definitions = template.RootElement.GetProperty("definitions").EnumerateObject()
            .SelectMany(type => type.Value.GetProperty("properties").EnumerateObject());

        Assert.All(
            template.RootElement.GetProperty("parameters").EnumerateObject().Concat(definitions),
            parameter => Assert.True(
                parameter.Value.TryGetProperty("metadata", out var metadata)
                && metadata.TryGetProperty("description", out _), parameter.Name));
    }

    static async Task<JsonElement> ParametersAsync(string file, IReadOnlyDictionary<string, string> environment)
    {
        using var built = JsonDocument.Parse(await Bicep.RunAsync(environment, "build-params", file, "--stdout"));
        using var parameters = JsonDocument.Parse(built.RootElement.GetProperty("parametersJson").GetString()!);
        return parameters.RootElement.GetProperty("parameters").Clone();
    }

    // However it is split.
    [GeneratedRegex("takes away what they do not say: ([^.]+)\\.")]
    private static partial Regex Taken();

    [GeneratedRegex("It leaves ([^.,]+) as they are")]
    private static partial Regex Kept();

    [GeneratedRegex("(?i)fixed once|cannot be undone")]
    private static partial Regex Fixed();

    // To its last line, if it goes on.
    [GeneratedRegex(@"az deployment sub create (.*\\\n)*.*")]
    private static partial Regex Deployment();

    [GeneratedRegex("(?:list|split)\\(readEnvironmentVariable\\('(\\w+)'")]
    private static partial Regex ListVariable();

    [GeneratedRegex("azd env get-value (\\w+)")]
    private static partial Regex Asked();

    [GeneratedRegex("ATRIUM_[A-Z_]+")]
    private static partial Regex OfHook();

    [GeneratedRegex("readEnvironmentVariable\\('(\\w+)'")]
    private static partial Regex Variable();
}
