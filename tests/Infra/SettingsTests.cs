using System.Globalization;
using System.Text.Json;
using Atrium.Functions.Access;
using Atrium.Functions.Deliveries;

namespace Atrium.Infra.Tests;

public sealed class SettingsTests
{
    // Read by the Functions host or the worker's SDK; the rest is the app's own.
    static readonly string[] Platforms =
    [
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "AzureWebJobsStorage__accountName",
        "AzureWebJobsStorage__blobServiceUri",
        "AzureWebJobsStorage__clientId",
        "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__tableServiceUri",
        "ServiceBus__clientId",
        "ServiceBus__credential",
    ];

    // Without one of them the app does not start on Azure, or signs in as nobody.
    static readonly string[] Required =
        ["AZURE_CLIENT_ID", "KeyVault__vaultUri", "ServiceBus__fullyQualifiedNamespace", "Tables__serviceUri"];

    // The one value of host.json that a stage can have otherwise.
    const string Calls = "AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls";

    // Settings of other plans than Flex Consumption, of one machine, and of host.json, whose values stand there alone.
    static readonly string[] Elsewhere =
        ["WEBSITE_", "FUNCTIONS_WORKER_RUNTIME", "LocalStack__", "FunctionKeys__", "Egress__AllowLoopback",
            "AzureFunctionsJobHost__"];

    public static TheoryData<string> Files() => [.. Snapshot.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_setting_is_one_that_somebody_reads(string file) =>
        Assert.Empty((await Snapshot.OfAsync(file)).Settings().Keys
        .Except([.. Platforms, Calls])
        .Except(await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "settings.approved.txt"))));

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_setting_that_is_needed_is_there(string file) =>
        Assert.Empty(Required.Concat(Platforms).Except((await Snapshot.OfAsync(file)).Settings().Keys));

    [Theory]
    [MemberData(nameof(Files))]
    public async Task No_setting_is_of_another_place_or_holds_a_key(string file) =>
        Assert.All((await Snapshot.OfAsync(file)).Settings().Where(setting => setting.Key != Calls), setting =>
    {
        Assert.DoesNotContain(Elsewhere, prefix => setting.Key.StartsWith(prefix, StringComparison.Ordinal));
        Assert.DoesNotContain("AccountKey", setting.Value, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("listKeys", setting.Value, StringComparison.OrdinalIgnoreCase);
    });

    // A deployment takes away what was set by hand.
    [Fact]
    public async Task A_stage_has_room_for_calls_and_more_settings()
    {
        var settings = (await Snapshot.OfAsync("everything")).Settings();
        Assert.Equal(("64", "00:00:20"), (settings[Calls], settings["Egress__Timeout"]));
        Assert.Empty((await Snapshot.OfAsync("main.prod")).Settings().Keys.Intersect([Calls, "Egress__Timeout"]));
    }

    // The host would keep five traces a second by itself, and the app all.
    [Theory]
    [InlineData("main.dev", "1")]
    [InlineData("main.prod", "0.05")]
    public async Task Host_and_app_keep_the_same_share_of_traces(string file, string share)
    {
        var settings = (await Snapshot.OfAsync(file)).Settings();

        Assert.Equal("microsoft.fixed_percentage", settings["OTEL_TRACES_SAMPLER"]);
        Assert.Equal(share, settings["OTEL_TRACES_SAMPLER_ARG"]);
    }

    [Fact]
    public async Task On_Standard_the_app_spends_what_the_page_on_scale_says_and_on_Premium_what_it_wants()
    {
        const string Credits = "Credits__PerSecond";
        var most = (await Snapshot.OfAsync("main.dev")).Settings()[Credits];
        Assert.Matches(
            $"sets\\s+`{Credits}` to {most}:",
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "scale.md")));
        Assert.DoesNotContain(Credits, (await Snapshot.OfAsync("main.prod")).Settings().Keys);
    }

    [Fact]
    public async Task The_app_is_told_the_lock_that_the_queue_has() => Assert.Equal(
        new DeliveryOptions().LockDuration,
        TimeSpan.Parse(
            (await Snapshot.OfAsync("main.prod")).Settings()["Deliveries__LockDuration"],
            CultureInfo.InvariantCulture));

    [Fact]
    public async Task The_host_renews_a_lock_for_longer_than_the_queue_gives_it()
    {
        using var host = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "host.json")));
        var renewed = host.RootElement.GetProperty("extensions").GetProperty("serviceBus")
            .GetProperty("maxAutoLockRenewalDuration").GetString()!;

        Assert.InRange(
            TimeSpan.Parse(
                (await Snapshot.OfAsync("main.prod")).Settings()["Deliveries__LockDuration"],
                CultureInfo.InvariantCulture),
            TimeSpan.FromSeconds(5), TimeSpan.Parse(renewed, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Signed_in_users_are_let_in_only_where_sign_in_is_on()
    {
        const string setting = $"{AccessOptions.Section}__{nameof(AccessOptions.SignedInUsers)}";

        Assert.DoesNotContain(setting, (await Snapshot.OfAsync("main.prod")).Settings().Keys);
        var withSignIn = await Snapshot.OfAsync("everything");
        Assert.Equal("true", withSignIn.Settings()[setting]);
        Assert.Equal(
            "extension_tenant", withSignIn.Settings()[$"{AccessOptions.Section}__{nameof(AccessOptions.TenantClaim)}"]);
        Assert.True(Enabled(withSignIn));
    }

    // What a deployment leaves out, it does not take away.
    [Theory]
    [InlineData("main.dev")]
    [InlineData("main.prod")]
    public async Task Without_sign_in_the_template_switches_App_Service_Authentication_off(string file)
    {
        var snapshot = await Snapshot.OfAsync(file);

        Assert.False(Enabled(snapshot));
        Assert.False(
            Assert.Single(snapshot.OfType("Microsoft.Web/sites/config"), IsSignIn).GetProperty("properties")
                .TryGetProperty("identityProviders", out _));
    }

    static bool Enabled(Snapshot snapshot) =>
        Assert.Single(snapshot.OfType("Microsoft.Web/sites/config"), IsSignIn).GetProperty("properties")
            .GetProperty("platform").GetProperty("enabled").GetBoolean();

    // Without a secret, sign-in takes ID tokens by the implicit flow, which a registration gives only when told so.
    [Fact]
    public async Task The_page_on_sign_in_makes_the_registration_that_the_template_takes()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md"));
        var provider = (await Snapshot.OfAsync("everything")).OfType("Microsoft.Web/sites/config").Single(IsSignIn)
            .GetProperty("properties").GetProperty("identityProviders").GetProperty("azureActiveDirectory");
        var registration = provider.GetProperty("registration");

        Assert.False(registration.TryGetProperty("clientSecretSettingName", out _));
        Assert.Contains("--enable-id-token-issuance true", page, StringComparison.Ordinal);
        Assert.Contains("/.auth/login/aad/callback", page, StringComparison.Ordinal);
        // Otherwise tokens of programs name the issuer of version 1.
        Assert.Contains("/v2.0", registration.GetProperty("openIdIssuer").GetString()!, StringComparison.Ordinal);
        Assert.Contains("--requested-access-token-version 2", page, StringComparison.Ordinal);
        Assert.Contains("--identifier-uris api://$CLIENT", page, StringComparison.Ordinal);
        var client = registration.GetProperty("clientId").GetString();
        Assert.Equal(
            [client, $"api://{client}"],
            provider.GetProperty("validation").GetProperty("allowedAudiences").EnumerateArray()
                .Select(audience => audience.GetString()));
    }

    static bool IsSignIn(JsonElement config) =>
        config.GetProperty("name").GetString()!.EndsWith("/authsettingsV2", StringComparison.Ordinal);
}
