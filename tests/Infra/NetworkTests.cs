using System.Net;
using System.Text.Json;

namespace Atrium.Infra.Tests;

public sealed class NetworkTests
{
    [Theory]
    [InlineData("10.0.0.0", 443)]
    [InlineData("10.255.255.255", 443)]
    [InlineData("172.16.0.0", 443)]
    [InlineData("172.31.255.255", 443)]
    [InlineData("192.168.0.0", 8443)]
    [InlineData("192.168.255.255", 8443)]
    [InlineData("100.64.0.0", 443)]
    [InlineData("100.127.255.255", 443)]
    [InlineData("198.19.255.255", 443)]
    [InlineData("239.255.255.255", 443)]
    public async Task A_webhook_does_not_leave_for(string address, int port)
    {
        Assert.False(await AllowedAsync("main.prod", "Tcp", address, port));
        Assert.False(await AllowedAsync("everything", "Tcp", address, port));
    }

    // What keeps webhooks from there is the app; Egress has the test of that.
    [Theory]
    [InlineData(80)]
    [InlineData(32526)]
    public async Task There_is_a_rule_against_the_platforms_own_services_although_azure_does_not_heed_it(int port)
    {
        Assert.False(await AllowedAsync("main.prod", "Tcp", "168.63.129.16", port));
        Assert.False(await AllowedAsync("everything", "Tcp", "168.63.129.16", port));
    }

    [Theory]
    [InlineData("Udp", "168.63.129.16", 53)]
    [InlineData("Tcp", "168.63.129.16", 53)]
    [InlineData("Tcp", "93.184.216.34", 443)]
    [InlineData("Tcp", "172.32.0.0", 443)]
    [InlineData("Tcp", "100.128.0.0", 8443)]
    public async Task The_app_reaches(string protocol, string address, int port) =>
        Assert.True(await AllowedAsync("everything", protocol, address, port));

    [Theory]
    [InlineData(443)]
    [InlineData(5671)]
    public async Task The_app_reaches_its_own_stores_through_their_private_endpoints(int port)
    {
        var subnet = Subnets(await Snapshot.OfAsync("everything"))
            .Single(subnet => subnet.GetProperty("name").GetString() == "endpoints");
        var first = subnet.GetProperty("properties").GetProperty("addressPrefix").GetString()!.Split('/')[0];

        Assert.True(await AllowedAsync("everything", "Tcp", first, port));
        Assert.False(await AllowedAsync("everything", "Tcp", first, 80));
        Assert.False(await AllowedAsync("static", "Tcp", first, port));
    }

    [Fact]
    public async Task Deliveries_leave_by_one_static_address_through_the_rules()
    {
        var subnet = Subnets(await Snapshot.OfAsync("static")).Single().GetProperty("properties");

        Assert.Contains(
            "/natGateways/", subnet.GetProperty("natGateway").GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Contains(
            "/networkSecurityGroups/", subnet.GetProperty("networkSecurityGroup").GetProperty("id").GetString(),
            StringComparison.Ordinal);
        Assert.Equal(
            "Microsoft.App/environments",
            subnet.GetProperty("delegations")[0].GetProperty("properties").GetProperty("serviceName").GetString());
    }

    // Two that overlap cannot be peered with one network.
    [Theory]
    [InlineData("main.prod", "10.90.0.0/24")]
    [InlineData("everything", "10.91.0.0/24")]
    public async Task The_network_has_the_addresses_asked_for(string file, string prefix)
    {
        var snapshot = await Snapshot.OfAsync(file);
        Assert.Equal(
            prefix,
            snapshot.Only("Microsoft.Network/virtualNetworks").GetProperty("addressSpace")
                .GetProperty("addressPrefixes")[0].GetString());
        Assert.All(Subnets(snapshot), subnet => Assert.True(Network(prefix).Contains(
            Network(subnet.GetProperty("properties").GetProperty("addressPrefix").GetString()!).BaseAddress)));
    }

    // The name of a receiver that has a private endpoint of its own leads into such a zone, where it is not.
    [Fact]
    public async Task A_name_that_a_private_zone_does_not_have_is_looked_up_in_public()
    {
        var links = (await Snapshot.OfAsync("main.prod"))
            .OfType("Microsoft.Network/privateDnsZones/virtualNetworkLinks").ToList();
        Assert.Equal(4, links.Count);
        Assert.All(links, link => Assert.Equal(
            "NxDomainRedirect", link.GetProperty("properties").GetProperty("resolutionPolicy").GetString()));

        var made = (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md")))
            .Split("az network private-dns link vnet create ")[1..];
        Assert.Equal(2, made.Length);
        Assert.All(made, command => Assert.Contains(
            "--resolution-policy NxDomainRedirect", command.Split("\n```")[0].Split("\ndone")[0].Split("\naz ")[0],
            StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_static_address_there_is_no_network() =>
        Assert.DoesNotContain(
            (await Snapshot.OfAsync("main.dev")).Resources,
            resource => resource.GetProperty("type")
                .GetString()!.StartsWith("Microsoft.Network/", StringComparison.Ordinal));

    static JsonElement.ArrayEnumerator Subnets(Snapshot snapshot) =>
        snapshot.Only("Microsoft.Network/virtualNetworks").GetProperty("subnets").EnumerateArray();

    // The first rule that fits, by priority, decides; after them Azure's own, which let out everything.
    static async Task<bool> AllowedAsync(string file, string protocol, string address, int port) =>
        (await Snapshot.OfAsync(file)).Only("Microsoft.Network/networkSecurityGroups").GetProperty("securityRules")
            .EnumerateArray()
            .Select(rule => rule.GetProperty("properties"))
            .OrderBy(rule => rule.GetProperty("priority").GetInt32())
            .Where(rule => rule.GetProperty("direction").GetString() == "Outbound"
                && (rule.GetProperty("protocol").GetString() is "*"
                    || rule.GetProperty("protocol").GetString() == protocol)
                && Values(rule, "destinationPortRange").Any(range => range is "*" || range == $"{port}")
                && Values(rule, "destinationAddressPrefix")
                    .Any(range => Network(range).Contains(IPAddress.Parse(address))))
            .Select(rule => rule.GetProperty("access").GetString() == "Allow")
            .DefaultIfEmpty(true)
            .First();

    // A rule has one value under a name, or several under its plural.
    static IEnumerable<string> Values(JsonElement rule, string name) => rule.TryGetProperty(name, out var one)
        ? [one.GetString()!]
        : rule.GetProperty(name == "destinationPortRange" ? "destinationPortRanges" : "destinationAddressPrefixes")
            .EnumerateArray()
            .Select(value => value.GetString()!);

    static IPNetwork Network(string range) =>
        IPNetwork.Parse(range.Contains('/', StringComparison.Ordinal) ? range : range + "/32");
}
