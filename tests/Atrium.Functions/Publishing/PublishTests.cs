namespace Atrium.Functions.Tests.Publishing;

/// <summary>What the app is built on in each configuration, and what of it gets into the package.</summary>
public sealed class PublishTests
{
    const string Local = "FunctionsRuntime=Local";
    const string Azure = "FunctionsRuntime=Azure";

    // `dotnet publish` sets this and nothing else.
    const string Publishing = "_IsPublishing=true";

    const string Extension = "Microsoft.Azure.Functions.Worker.Extensions.ServiceBus";
    const string StandIn = "Atrium.Local.Worker.Extensions.ServiceBus.csproj";
    const string LocalHost = "Atrium.Local.Host.csproj";
    const string VaultHandler = "PinnedHandler.cs";

    static readonly IReadOnlySet<string> Genuine = new HashSet<string>
    {
        "Azure.Messaging.ServiceBus",
        "Microsoft.Azure.Functions.Worker",
        "Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore",
        "Microsoft.Azure.Functions.Worker.Extensions.Timer",
        "Microsoft.Azure.Functions.Worker.OpenTelemetry",
        "Microsoft.Azure.Functions.Worker.Sdk",
    };

    [Theory]
    [InlineData(Local, "Local")]
    [InlineData(Azure, "Azure")]
    [InlineData(Publishing, "Azure")]
    [InlineData("Configuration=Debug", "Local")]
    public async Task Publishing_is_for_azure_unless_told_otherwise_and_all_else_is_local(
        string property, string runtime) =>
        Assert.Equal(runtime, (await ProjectEvaluation.OfAsync(property)).Runtime);

    [Theory]
    [InlineData(Local)]
    [InlineData(Azure)]
    [InlineData(Publishing)]
    public async Task Every_configuration_is_built_on_Microsofts_packages(string property) =>
        Assert.ProperSuperset(Genuine.ToHashSet(), (await ProjectEvaluation.OfAsync(property)).Packages.ToHashSet());

    [Theory]
    [InlineData(Local, false)]
    [InlineData(Azure, true)]
    [InlineData(Publishing, true)]
    public async Task The_one_package_with_a_stand_in_is_replaced_by_it_locally_only(string property, bool genuine)
    {
        var project = await ProjectEvaluation.OfAsync(property);
        Assert.Equal((genuine, !genuine), (project.Packages.Contains(Extension), project.Local.Contains(StandIn)));
    }

    [Fact]
    public async Task Locally_the_host_is_built_with_the_app_and_the_emulated_vault_is_trusted()
    {
        var project = await ProjectEvaluation.OfAsync(Local);
        Assert.Equal(new[] { StandIn, LocalHost, VaultHandler }.Order(), project.Local.Order());
        Assert.Contains("LocalVault.cs", project.Compiled);
    }

    [Fact]
    public async Task Nothing_that_is_for_one_machine_is_published()
    {
        var project = await ProjectEvaluation.OfAsync(Publishing);
        Assert.Empty(project.Local);
        Assert.DoesNotContain("LocalVault.cs", project.Compiled);
    }

    [Fact]
    public async Task The_package_has_the_host_file_and_no_settings_of_this_machine()
    {
        var published = (await ProjectEvaluation.OfAsync(Publishing))
            .Items.Where(item => item.Copied is "PreserveNewest" or "Always");
        Assert.Equal(["host.json"], published.Select(item => Path.GetFileName(item.Path)));
    }
}
