using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Atrium.Functions.Deliveries;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Infra.Tests;

public sealed partial class AppTests
{
    const string Site = "Microsoft.Web/sites";
    static readonly string[] Stores =
        ["Microsoft.Storage/storageAccounts", "Microsoft.ServiceBus/namespaces", "Microsoft.KeyVault/vaults"];

    [Fact]
    public async Task What_is_kept_warm_is_the_function_that_delivers()
    {
        var scale = (await Snapshot.OfAsync("main.prod")).Only(Site).GetProperty("functionAppConfig")
            .GetProperty("scaleAndConcurrency");
        var name = typeof(DeliverFunction)
            .GetMethod(nameof(DeliverFunction.RunAsync))!.GetCustomAttribute<FunctionAttribute>()!.Name;

        Assert.Equal(
            $"function:{name}",
            Assert.Single(scale.GetProperty("alwaysReady").EnumerateArray()).GetProperty("name").GetString());
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

        Assert.False(
            snapshot.Only("Microsoft.Storage/storageAccounts").GetProperty("allowSharedKeyAccess").GetBoolean());
        Assert.True(snapshot.Only("Microsoft.ServiceBus/namespaces").GetProperty("disableLocalAuth").GetBoolean());
        Assert.True(snapshot.Only("Microsoft.Insights/components").GetProperty("DisableLocalAuth").GetBoolean());
        Assert.True(
            snapshot.Only("Microsoft.OperationalInsights/workspaces").GetProperty("features")
            .GetProperty("disableLocalAuth").GetBoolean());
        Assert.True(snapshot.Only("Microsoft.KeyVault/vaults").GetProperty("enableRbacAuthorization").GetBoolean());
        Assert.True(snapshot.Only("Microsoft.KeyVault/vaults").GetProperty("enablePurgeProtection").GetBoolean());
        Assert.All(
            snapshot.OfType("Microsoft.Web/sites/basicPublishingCredentialsPolicies"),
            policy => Assert.False(policy.GetProperty("properties").GetProperty("allow").GetBoolean()));
    }

    [Fact]
    public async Task With_private_endpoints_no_store_is_open_to_others()
    {
        var snapshot = await Snapshot.OfAsync("everything");

        Assert.All(
            Stores,
            type => Assert.Equal("Disabled", snapshot.Only(type).GetProperty("publicNetworkAccess").GetString()));
        Assert.Equal(
            ["blob", "namespace", "table", "vault"],
            snapshot.OfType("Microsoft.Network/privateEndpoints").Select(Group).Order());

        static string? Group(JsonElement endpoint) =>
            endpoint.GetProperty("properties").GetProperty("privateLinkServiceConnections")[0].GetProperty("properties")
                .GetProperty("groupIds")[0].GetString();
    }

    [GeneratedRegex("services:\n  (\\w+):")]
    private static partial Regex ServiceName();
}
