using System.Text.RegularExpressions;
using Atrium.Functions.Messaging;

namespace Atrium.Infra.Tests;

public sealed partial class RoleTests
{
    // As Azure's list of built-in roles has them; a wrong id deploys without a word and gives another role.
    [Theory]
    [InlineData("busSender", "69a216fc-b8fb-44d8-bc22-1f3c2cd27a39")]
    [InlineData("busReceiver", "4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0")]
    [InlineData("busOwner", "090c5cfd-751d-490a-894a-3ce6f1109419")]
    [InlineData("blobOwner", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b")]
    [InlineData("blobContributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe")]
    [InlineData("tableContributor", "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3")]
    [InlineData("tableReader", "76199698-9eea-4c19-bc75-cec21354c6b6")]
    [InlineData("secretsOfficer", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7")]
    [InlineData("metricsPublisher", "3913510d-42f4-4e42-8a64-420c390055eb")]
    public async Task A_role_is_the_one_that_its_name_says(string name, string id) =>
        Assert.Contains(
            $"var {name} = '{id}'\n", await File.ReadAllTextAsync(Path.Combine(Bicep.Folder, "roles.bicep")),
            StringComparison.Ordinal);

    // An assignment cannot be moved to another principal, so an identity that is made anew would find the names of its
    // predecessor's taken.
    [Fact]
    public async Task Another_identity_gets_assignments_of_its_own() => Assert.All(
        (await Snapshot.OfAsync("main.prod")).OfType("Microsoft.Authorization/roleAssignments"),
        assignment => Assert.Contains(
            assignment.GetProperty("properties").GetProperty("principalId").GetString()!.Trim('[', ']'),
            assignment.GetProperty("name").GetString(),
            StringComparison.Ordinal));

    // What the pages ask of people that reads or changes data, and the role that it needs on what.
    static readonly Dictionary<string, (string Role, string Type, string? On)> OfData = new()
    {
        ["az keyvault secret"] = ("secretsOfficer", "Microsoft.KeyVault/vaults", null),
        ["az storage blob"] =
            ("blobContributor", "Microsoft.Storage/storageAccounts/blobServices/containers", "backups"),
        ["az storage entity"] = ("tableReader", "Microsoft.Storage/storageAccounts", null),
        ["Service Bus Explorer"] = ("busOwner", "Microsoft.ServiceBus/namespaces", null),
    };

    // What takes no right to data: Contributor of the resource group may do it, or whoever deploys, or, for sign-in, an
    // administrator of Entra ID.
    static readonly string[] OfManagement =
    [
        "az account get-access-token", "az account set", "az account show", "az ad app create",
        "az ad app federated-credential create", "az ad app federated-credential delete",
        "az ad app federated-credential list", "az ad app federated-credential update", "az ad app list",
        "az ad app show", "az ad app update", "az ad group show",
        "az ad sp create", "az ad sp show", "az ad user show", "az consumption budget delete-with-rg",
        "az deployment sub create",
        "az functionapp config access-restriction add", "az functionapp config access-restriction remove",
        "az functionapp deployment source config-zip",
        "az functionapp keys delete", "az functionapp keys list", "az functionapp keys set", "az functionapp list",
        "az functionapp restart",
        "az functionapp show", "az group create", "az group list", "az keyvault list",
        "az keyvault list-deleted", "az keyvault recover", "az lock delete", "az lock list", "az login",
        "az monitor activity-log list",
        "az monitor app-insights component billing update", "az monitor app-insights component quotastatus show",
        "az monitor app-insights component show", "az monitor log-analytics query",
        "az monitor log-analytics workspace list", "az monitor log-analytics workspace table update",
        "az network private-dns link vnet create",
        "az network private-dns zone create", "az network private-dns zone list",
        "az network private-endpoint create", "az network private-endpoint delete",
        "az network private-endpoint dns-zone-group create",
        "az network private-endpoint list", "az network public-ip list", "az network vnet list",
        "az network vnet peering create", "az network vnet show", "az provider register", "az resource update",
        "az rest",
        "az role assignment create", "az role assignment delete", "az role assignment list",
        "az role definition create", "az servicebus namespace list", "az servicebus queue list",
        "az storage account list", "az version",
    ];

    [Fact]
    public async Task Operators_may_do_what_the_pages_ask_of_them()
    {
        var pages = string.Concat(Directory
            .GetFiles(Path.Combine(AppContext.BaseDirectory, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(Path.Combine(Bicep.Folder, "hooks"))).Select(File.ReadAllText));
        var asked = Command().Matches(pages).Select(match => match.Value).Distinct().ToList();
        Assert.Contains("az functionapp keys list", asked);
        Assert.All(asked, command => Assert.True(
            OfManagement.Contains(command)
                || OfData.Keys.Any(known => command.StartsWith(known, StringComparison.Ordinal)),
            $"Is '{command}' of data? Then operators need a role for it."));
        Assert.All(OfManagement, command => Assert.Contains(command, asked));
        Assert.All(OfData.Keys, command => Assert.Contains(command, pages, StringComparison.Ordinal));

        var given = await Role.OfAsync("everything", "Group");
        Assert.Equal(
            OfData.Values.Select(role => (role.Role, role.Type)).Order(),
            given.Select(role => (role.Name, role.Type)).Order());
        Assert.All(OfData.Values.Where(role => role.On is not null), role => Assert.Equal(
            role.On, given.Single(one => one.Name == role.Role).On));
        Assert.Empty(await Role.OfAsync("main.prod", "Group"));
    }

    // Nobody but the app could put an event on the queue otherwise.
    [Fact]
    public async Task Publishers_may_send_events_and_nothing_else()
    {
        const string publisher = "00000000-0000-0000-0000-000000000006";
        var given = Assert.Single(
            (await Snapshot.OfAsync("everything")).OfType("Microsoft.Authorization/roleAssignments"),
            assignment => assignment.GetProperty("properties").GetProperty("principalId").GetString() == publisher);

        Assert.EndsWith($"/queues/{Queues.VisitorEvents}", Snapshot.ScopeOf(given), StringComparison.Ordinal);
        Assert.EndsWith(
            "/69a216fc-b8fb-44d8-bc22-1f3c2cd27a39",
            given.GetProperty("properties").GetProperty("roleDefinitionId").GetString(), StringComparison.Ordinal);
        Assert.Contains(
            "Azure Service Bus Data Sender",
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md")),
            StringComparison.Ordinal);
    }

    // In prose or in a block, up to the first option.
    [GeneratedRegex("\\baz( [a-z][a-z-]*)+")]
    private static partial Regex Command();

    [Theory]
    [InlineData("main.dev")]
    [InlineData("main.prod")]
    public async Task The_app_gets_what_it_needs_and_no_more(string file)
    {
        const string queue = "Microsoft.ServiceBus/namespaces/queues";
        string[] needed =
        [
            "blobOwner Microsoft.Storage/storageAccounts",
            "metricsPublisher Microsoft.Insights/components",
            "secretsOfficer Microsoft.KeyVault/vaults",
            "tableContributor Microsoft.Storage/storageAccounts",
            .. QueueTests.ListenedTo().Select(name => $"busOwner {queue} {name}"),
            .. Queues.All.Select(name => $"busReceiver {queue} {name}"),
            .. Queues.All.Select(name => $"busSender {queue} {name}"),
        ];

        var given = (await Role.OfAsync(file))
            .Select(role => role.Type == queue ? $"{role.Name} {role.Type} {role.On}" : $"{role.Name} {role.Type}");

        Assert.Equal(needed.Order(StringComparer.Ordinal), given.Order(StringComparer.Ordinal));
    }
}
