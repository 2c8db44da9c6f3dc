using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Messaging;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Infra.Tests;

public sealed partial class AppTests
{
    const string Site = "Microsoft.Web/sites";
    static readonly string[] Stores =
        ["Microsoft.Storage/storageAccounts", "Microsoft.ServiceBus/namespaces", "Microsoft.KeyVault/vaults"];

    [Fact]
    public async Task What_is_kept_warm_is_http_and_each_function_on_the_way_of_an_event()
    {
        var scale = (await Snapshot.OfAsync("main.prod")).Only(Site).GetProperty("functionAppConfig")
            .GetProperty("scaleAndConcurrency");
        string[] way = [Queues.VisitorEvents, Queues.Deliveries];
        var functions = typeof(DeliverFunction).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Where(method => method.GetParameters().Any(parameter =>
                parameter.GetCustomAttribute<ServiceBusTriggerAttribute>() is { QueueName: { } queue }
                && way.Contains(queue)))
            .Select(method => $"function:{method.GetCustomAttribute<FunctionAttribute>()!.Name}");

        Assert.Equal(
            functions.Append("http").Order(),
            scale.GetProperty("alwaysReady").EnumerateArray().Select(one => one.GetProperty("name").GetString())
                .Order());
    }

    [Theory]
    [InlineData("main.prod", "Recreate")]
    [InlineData("everything", "RollingUpdate")]
    public async Task A_release_is_as_the_stage_says(string file, string strategy) => Assert.Equal(
        strategy,
        (await Snapshot.OfAsync(file)).Only(Site).GetProperty("functionAppConfig").GetProperty("siteUpdateStrategy")
            .GetProperty("type").GetString());

    // azd writes one into a project that has none.
    [Fact]
    public async Task The_project_has_an_id_of_user_secrets() => Assert.Matches(
        "<UserSecretsId>[^<]+</UserSecretsId>",
        await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Atrium.Functions.csproj")));

    [Fact]
    public async Task A_vault_can_be_purged_in_development_and_not_in_production()
    {
        // Not false, which Azure refuses: left out.
        Assert.Equal(
            JsonValueKind.Null,
            (await Snapshot.OfAsync("main.dev")).Only("Microsoft.KeyVault/vaults")
                .GetProperty("enablePurgeProtection").ValueKind);
        Assert.True((await Snapshot.OfAsync("main.prod")).Only("Microsoft.KeyVault/vaults")
            .GetProperty("enablePurgeProtection").GetBoolean());
    }

    // Bicep takes any name for the runtime.
    [Fact]
    public async Task The_runtime_is_the_one_that_the_app_is_built_for()
    {
        var runtime = (await Snapshot.OfAsync("main.prod")).Only(Site).GetProperty("functionAppConfig")
            .GetProperty("runtime");

        Assert.Equal("dotnet-isolated", runtime.GetProperty("name").GetString());
        Assert.Equal(Environment.Version.ToString(2), runtime.GetProperty("version").GetString());
    }

    [Fact]
    public async Task Azd_finds_the_app_by_the_name_in_its_own_file()
    {
        var service = ServiceName()
            .Match(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "azure.yaml"))).Groups[1].Value;

        Assert.Equal(
            service,
            Assert.Single((await Snapshot.OfAsync("main.prod")).OfType(Site)).GetProperty("tags")
            .GetProperty("azd-service-name").GetString());
    }

    [Theory]
    [InlineData("main.dev")]
    [InlineData("main.prod")]
    [InlineData("everything")]
    public async Task No_store_takes_a_key(string file)
    {
        var snapshot = await Snapshot.OfAsync(file);

        Assert.All(
            snapshot.OfType("Microsoft.Storage/storageAccounts"),
            account => Assert.False(
                account.GetProperty("properties").GetProperty("allowSharedKeyAccess").GetBoolean()));
        Assert.True(snapshot.Only("Microsoft.ServiceBus/namespaces").GetProperty("disableLocalAuth").GetBoolean());
        Assert.True(snapshot.Only("Microsoft.Insights/components").GetProperty("DisableLocalAuth").GetBoolean());
        Assert.True(
            snapshot.Only("Microsoft.OperationalInsights/workspaces").GetProperty("features")
            .GetProperty("disableLocalAuth").GetBoolean());
        Assert.True(snapshot.Only("Microsoft.KeyVault/vaults").GetProperty("enableRbacAuthorization").GetBoolean());
        Assert.All(
            snapshot.OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies"),
            policy => Assert.False(policy.GetProperty("properties").GetProperty("allow").GetBoolean()));
    }

    [Fact]
    public async Task In_production_no_store_is_open_to_others()
    {
        var snapshot = await Snapshot.OfAsync("main.prod");

        Assert.All(
            Stores,
            type => Assert.All(snapshot.OfType(type), store => Assert.Equal(
                "Disabled", store.GetProperty("properties").GetProperty("publicNetworkAccess").GetString())));
        Assert.Equal(
            ["blob", "namespace", "table", "vault"],
            snapshot.OfType("Microsoft.Network/privateEndpoints").Select(Group).Order());

        static string? Group(JsonElement endpoint) =>
            endpoint.GetProperty("properties").GetProperty("privateLinkServiceConnections")[0].GetProperty("properties")
                .GetProperty("groupIds")[0].GetString();
    }

    [Theory]
    [InlineData("main.prod", false)]
    [InlineData("everything", true)]
    public async Task Instances_are_in_several_zones_if_the_stage_says_so(string file, bool zones)
    {
        var snapshot = await Snapshot.OfAsync(file);

        Assert.Equal(zones, snapshot.Only("Microsoft.Web/serverfarms").GetProperty("zoneRedundant").GetBoolean());
        // The host does not start in another zone without its storage.
        Assert.All(
            snapshot.OfType("Microsoft.Storage/storageAccounts"),
            account => Assert.EndsWith(
                "ZRS", account.GetProperty("sku").GetProperty("name").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Everybody_may_call_unless_sources_are_named()
    {
        var site = (await Snapshot.OfAsync("main.prod")).Only(Site).GetProperty("siteConfig");
        Assert.Equal("Allow", site.GetProperty("ipSecurityRestrictionsDefaultAction").GetString());
        Assert.Equal("Allow", site.GetProperty("scmIpSecurityRestrictionsDefaultAction").GetString());
        Assert.Empty(site.GetProperty("ipSecurityRestrictions").EnumerateArray());
        Assert.Empty(site.GetProperty("scmIpSecurityRestrictions").EnumerateArray());
    }

    [Fact]
    public async Task Only_the_sources_named_may_call_and_the_web_test()
    {
        var site = (await Snapshot.OfAsync("everything")).Only(Site).GetProperty("siteConfig");
        Assert.Equal("Deny", site.GetProperty("ipSecurityRestrictionsDefaultAction").GetString());
        Assert.Equal(
            ["203.0.113.0/24 Default", "AzureFrontDoor.Backend ServiceTag",
                "ApplicationInsightsAvailability ServiceTag"],
            Allowed(site.GetProperty("ipSecurityRestrictions")));
        Assert.Equal(
            "00000000-0000-0000-0000-000000000005",
            Assert.Single(
                site.GetProperty("ipSecurityRestrictions").EnumerateArray(),
                rule => rule.TryGetProperty("headers", out _))
                .GetProperty("headers").GetProperty("x-azure-fdid")[0].GetString());
        Assert.Equal("Deny", site.GetProperty("scmIpSecurityRestrictionsDefaultAction").GetString());
        Assert.Equal(["198.51.100.0/24 Default"], Allowed(site.GetProperty("scmIpSecurityRestrictions")));

        static IEnumerable<string> Allowed(JsonElement rules) => rules.EnumerateArray().Select(rule =>
        {
            Assert.Equal("Allow", rule.GetProperty("action").GetString());
            return $"{rule.GetProperty("ipAddress")} {rule.GetProperty("tag")}";
        });
    }

    // A rule without the header would let in the Front Door of everybody.
    [Theory]
    [InlineData("AzureFrontDoor.Backend")]
    [InlineData("AzureFrontDoor.backend")]
    [InlineData("203.0.113.0/24, AzureFrontDoor.Backend")]
    [InlineData(" azurefrontdoor.backend ,203.0.113.0/24")]
    public async Task Of_the_front_doors_only_the_one_named_may_call_however_its_tag_is_written(string sources)
    {
        var rules = (await DoorAsync(sources, "00000000-0000-0000-0000-000000000005"))
            .GetProperty("ipSecurityRestrictions").EnumerateArray().ToList();

        var rule = Assert.Single(
            rules, rule => rule.GetProperty("ipAddress").GetString()!.Trim().StartsWith(
                "AzureFrontDoor", StringComparison.OrdinalIgnoreCase));
        Assert.Equal("AzureFrontDoor.Backend", rule.GetProperty("ipAddress").GetString());
        Assert.Equal("ServiceTag", rule.GetProperty("tag").GetString());
        Assert.Equal(
            "00000000-0000-0000-0000-000000000005",
            rule.GetProperty("headers").GetProperty("x-azure-fdid")[0].GetString());
        Assert.Single(rules, rule => rule.TryGetProperty("headers", out _));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("203.0.113.0/24, ", "AzureFrontDoor.Frontend")]
    public async Task The_id_of_a_front_door_that_no_source_takes_stops_the_deployment(string range, string tag) =>
        Assert.Contains(
            "ATRIUM_FRONT_DOOR_ID is set, but AzureFrontDoor.Backend is not in ATRIUM_ALLOWED_SOURCES.",
            (await Assert.ThrowsAnyAsync<Exception>(
                () => DoorAsync(range + tag, "00000000-0000-0000-0000-000000000005"))).Message,
            StringComparison.Ordinal);

    // Azure would take it for a service tag.
    [Theory]
    [InlineData("203.0.113.7", "")]
    [InlineData("AzureFrontDoor.Backend,2001:db8::7", "")]
    [InlineData("fe80::1", "")]
    [InlineData("", "198.51.100.7")]
    public async Task An_address_without_a_length_stops_the_deployment(string sources, string deployments) =>
        Assert.Contains(
            "one address with /32",
            (await Assert.ThrowsAnyAsync<Exception>(() => DoorAsync(sources, "", deployments))).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task Sources_of_deployments_may_have_spaces_between_them() => Assert.Equal(
        ["198.51.100.0/24", "2001:db8::/32"],
        (await DoorAsync("", "", "198.51.100.0/24 , 2001:db8::/32")).GetProperty("scmIpSecurityRestrictions")
            .EnumerateArray().Select(rule => rule.GetProperty("ipAddress").GetString()));

    // Otherwise Azure writes them at a time, and of what is written to a site at a time something can be lost.
    [Fact]
    public async Task What_belongs_to_the_site_is_written_one_after_the_other()
    {
        using var template = JsonDocument.Parse(await Template.TextAsync());
        var resources = template.RootElement.GetProperty("resources").GetProperty("app").GetProperty("properties")
            .GetProperty("template").GetProperty("resources").EnumerateObject().ToList();
        var ofSite = resources.Where(resource => resource.Value.GetProperty("type").GetString()!
            .StartsWith($"{Site}/", StringComparison.Ordinal)).ToDictionary(
                resource => resource.Name,
                resource => resource.Value.GetProperty("dependsOn").EnumerateArray().Select(one => one.GetString()!)
                    .ToList());

        Assert.Contains("app::settings", ofSite.Keys);
        Assert.Equal(Enumerable.Range(0, ofSite.Count), ofSite.Keys.Select(name => Before(name).Count).Order());

        HashSet<string> Before(string name) =>
            [.. ofSite[name].Where(ofSite.ContainsKey).SelectMany(one => Before(one).Append(one))];
    }

    static async Task<JsonElement> DoorAsync(string sources, string frontDoorId, string deployments = "") =>
        (await Snapshot.WithAsync(
            new Dictionary<string, string>
            {
                ["AZURE_ENV_NAME"] = "some",
                ["AZURE_LOCATION"] = "westeurope",
                ["ATRIUM_ALLOWED_SOURCES"] = sources,
                ["ATRIUM_FRONT_DOOR_ID"] = frontDoorId,
                ["ATRIUM_DEPLOYMENT_SOURCES"] = deployments,
            })).Only(Site).GetProperty("siteConfig");

    [GeneratedRegex("services:\n  (\\w+):")]
    private static partial Regex ServiceName();
}
