using System.Text.Json;
using Atrium.Functions.DeadLetters;

namespace Atrium.Infra.Tests;

/// <summary>Two accounts: what the host needs to run, and what the app keeps.</summary>
public sealed class StorageTests
{
    const string Account = "Microsoft.Storage/storageAccounts";

    public static TheoryData<string> Files() => [.. Snapshot.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_host_has_its_blobs_in_one_account_and_the_app_its_tables_in_another(string file)
    {
        var snapshot = await Snapshot.OfAsync(file);
        var settings = snapshot.Settings();
        var host = AccountOf(snapshot, "/blobServices");
        var data = AccountOf(snapshot, "/tableServices");

        Assert.Equal(2, snapshot.OfType(Account).Count());
        Assert.NotEqual(host, data);
        Assert.Contains("'hostStorage-{0}'", settings["AzureWebJobsStorage__blobServiceUri"], StringComparison.Ordinal);
        Assert.Contains("'storage-{0}'", settings["Tables__serviceUri"], StringComparison.Ordinal);
        // The host keeps no table of its own account: a right to tables would have to be given there.
        Assert.Equal(settings["Tables__serviceUri"], settings["AzureWebJobsStorage__tableServiceUri"]);

        var roles = await Role.OfAsync(file);
        Assert.Equal(host, Assert.Single(roles, role => role.Name == "blobOwner").On);
        Assert.Equal(data, Assert.Single(roles, role => role.Name == "tableContributor").On);
    }

    // With its address alone, a host that starts can look for the keys before it has it, and answer 401 to a right one:
    // https://github.com/Azure/azure-functions-host/issues/11787. The addresses still count where both are set.
    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_host_finds_its_account_by_name_too_so_that_its_first_read_of_the_keys_does_not_wait(
        string file)
    {
        var snapshot = await Snapshot.OfAsync(file);

        Assert.Equal(AccountOf(snapshot, "/blobServices"), snapshot.Settings()["AzureWebJobsStorage__accountName"]);
    }

    [Fact]
    public async Task A_private_endpoint_leads_to_the_account_that_has_what_it_is_for()
    {
        var snapshot = await Snapshot.OfAsync("main.prod");
        var targets = snapshot.OfType("Microsoft.Network/privateEndpoints")
            .Select(endpoint => endpoint.GetProperty("properties").GetProperty("privateLinkServiceConnections")[0]
                .GetProperty("properties"))
            .ToDictionary(
                link => link.GetProperty("groupIds")[0].GetString()!,
                link => link.GetProperty("privateLinkServiceId").GetString()!);

        Assert.Contains("'hostStorage-{0}'", targets["blob"], StringComparison.Ordinal);
        Assert.Contains("'storage-{0}'", targets["table"], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task What_is_deleted_or_overwritten_in_the_hosts_account_can_be_brought_back_for_a_time(string file)
    {
        var snapshot = await Snapshot.OfAsync(file);
        var blobs = snapshot.Only($"{Account}/blobServices");
        var kept = blobs.GetProperty("deleteRetentionPolicy").GetProperty("days").GetInt32();

        Assert.True(blobs.GetProperty("isVersioningEnabled").GetBoolean());
        Assert.True(blobs.GetProperty("deleteRetentionPolicy").GetProperty("enabled").GetBoolean());
        Assert.True(blobs.GetProperty("containerDeleteRetentionPolicy").GetProperty("enabled").GetBoolean());
        // A timer makes a version of a blob at each run that the host keeps a record of.
        Assert.Equal(
            kept,
            Actions("old-versions").GetProperty("version").GetProperty("delete")
                .GetProperty("daysAfterCreationGreaterThan").GetInt32());
        // A letter that is replayed on its last day still finds its subscription in a backup.
        Assert.Equal(
            new DeadLetterOptions().RetentionDays,
            Actions("old-backups").GetProperty("baseBlob").GetProperty("delete")
                .GetProperty("daysAfterModificationGreaterThan").GetInt32());

        JsonElement Actions(string rule) => snapshot.Only($"{Account}/managementPolicies").GetProperty("policy")
            .GetProperty("rules").EnumerateArray().Single(one => one.GetProperty("name").GetString() == rule)
            .GetProperty("definition").GetProperty("actions");
    }

    // Its rules run from outside the network.
    [Fact]
    public async Task The_firewall_lets_the_lifecycle_rules_of_the_hosts_account_in_and_nobody_else()
    {
        var snapshot = await Snapshot.OfAsync("main.prod");
        Assert.Equal(
            [$"{AccountOf(snapshot, "/blobServices")} AzureServices", $"{AccountOf(snapshot, "/tableServices")} None"],
            snapshot.OfType(Account).Select(account => account.GetProperty("name").GetString() + " "
                + account.GetProperty("properties").GetProperty("networkAcls").GetProperty("bypass").GetString()));
    }

    [Theory]
    [InlineData("main.dev", 0)]
    [InlineData("main.prod", 4)]
    public async Task What_holds_data_is_locked_if_the_stage_says_so(string file, int locks)
    {
        var made = (await Snapshot.OfAsync(file)).OfType("Microsoft.Authorization/locks").ToList();

        Assert.Equal(locks, made.Select(one => one.GetProperty("id").GetString()).Distinct().Count());
        Assert.All(made, one => Assert.Equal(
            "CanNotDelete", one.GetProperty("properties").GetProperty("level").GetString()));
    }

    static string AccountOf(Snapshot snapshot, string part) => Assert.Single(snapshot.OfType(Account + part))
        .GetProperty("name").GetString()!.Split('/')[0];
}
