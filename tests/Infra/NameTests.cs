namespace Atrium.Infra.Tests;

/// <summary>Names that Azure takes, and that are nobody else's.</summary>
public sealed class NameTests
{
    const string Vault = "Microsoft.KeyVault/vaults";

    public static TheoryData<string> Files() => [.. Snapshot.Files];

    // https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules. What is hashed has the
    // same length whatever the environment and the generation of the vault are called.
    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_name_has_the_length_and_the_characters_that_azure_allows(string file)
    {
        Assert.Matches("^[a-z](-?[a-z0-9])+$", await NameAsync(file, Vault));
        Assert.InRange((await NameAsync(file, Vault)).Length, 3, 24);
        Assert.Matches("^[a-z](-?[a-z0-9]){5,49}$", await NameAsync(file, "Microsoft.ServiceBus/namespaces"));
        Assert.Matches("^[a-z](-?[a-z0-9]){1,58}$", await NameAsync(file, "Microsoft.Web/sites"));
        Assert.All(
            (await Snapshot.OfAsync(file)).OfType("Microsoft.Storage/storageAccounts"),
            account => Assert.Matches("^[a-z0-9]{3,24}$", account.GetProperty("name").GetString()));
    }

    // The deleted one keeps its name for its days of recovery.
    [Fact]
    public async Task Another_generation_gives_the_vault_another_name_and_nothing_else()
    {
        Assert.Equal(await SuffixAsync("main.prod"), (await NameAsync("main.prod", Vault))["kv-atrium-".Length..]);

        var vault = await NameAsync("everything", Vault);
        Assert.NotEqual(await SuffixAsync("everything"), vault["kv-atrium-".Length..]);
        Assert.Equal(
            $"statrium{await SuffixAsync("everything")}",
            Assert.Single(
                (await Snapshot.OfAsync("everything")).OfType("Microsoft.Storage/storageAccounts/tableServices"))
                .GetProperty("name").GetString()!.Split('/')[0]);
        Assert.All(
            (await Role.OfAsync("everything")).Where(role => role.Type == Vault), role => Assert.Equal(vault, role.On));
    }

    // Azure takes one for the other: of other names, a second environment would come beside the live one.
    [Theory]
    [InlineData("Prod", "westeurope")]
    [InlineData("prod", "West Europe")]
    [InlineData("PROD", "WestEurope")]
    public async Task However_name_and_region_are_written_it_is_the_same_environment(string name, string region)
    {
        Assert.Equal(await IdsAsync("prod", "westeurope"), await IdsAsync(name, region));

        static async Task<IEnumerable<string?>> IdsAsync(string name, string region) =>
            (await Snapshot.WithAsync(
                new Dictionary<string, string> { ["AZURE_ENV_NAME"] = name, ["AZURE_LOCATION"] = region }))
                .Resources.Select(resource => resource.GetProperty("id").GetString());
    }

    static async Task<string> SuffixAsync(string file) =>
        (await NameAsync(file, "Microsoft.Web/sites"))["func-atrium-".Length..];

    static async Task<string> NameAsync(string file, string type) =>
        Assert.Single((await Snapshot.OfAsync(file)).OfType(type)).GetProperty("name").GetString()!;
}
