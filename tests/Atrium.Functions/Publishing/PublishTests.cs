namespace Atrium.Functions.Tests.Publishing;

public sealed class PublishTests
{
    // `dotnet publish` sets this and nothing else.
    const string Publishing = "_IsPublishing=true";

    [Fact]
    public async Task Publishing_is_for_azure_unless_told_otherwise() => Assert.Equal("Azure", (await ProjectEvaluation.OfAsync(Publishing)).Runtime);

    [Fact]
    public async Task No_local_stand_in_is_published() => Assert.Empty(Local(await ProjectEvaluation.OfAsync(Publishing)));

    [Fact]
    public async Task The_stand_ins_are_seen_where_they_are_used()
    {
        var local = Local(await ProjectEvaluation.OfAsync("FunctionsRuntime=Local")).ToList();
        Assert.Contains(local, path => path.EndsWith("Atrium.Local.ServiceBus.csproj", StringComparison.Ordinal));
        Assert.Contains(local, path => path.Contains("/LocalRuntime/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_package_has_the_host_file_and_no_settings_of_this_machine()
    {
        var published = (await ProjectEvaluation.OfAsync(Publishing)).Items.Where(item => item.Copied is "PreserveNewest" or "Always");
        Assert.Equal(["host.json"], published.Select(item => Path.GetFileName(item.Path)));
    }

    [Fact]
    public async Task The_package_is_built_on_microsofts_worker()
    {
        var packages = (await ProjectEvaluation.OfAsync(Publishing)).Items
            .Where(item => item.Kind == "PackageReference")
            .Select(item => Path.GetFileName(item.Path));
        Assert.Superset(
            new HashSet<string>
            {
                "Azure.Messaging.ServiceBus",
                "Microsoft.Azure.Functions.Worker",
                "Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore",
                "Microsoft.Azure.Functions.Worker.Extensions.ServiceBus",
                "Microsoft.Azure.Functions.Worker.Extensions.Timer",
                "Microsoft.Azure.Functions.Worker.OpenTelemetry",
                "Microsoft.Azure.Functions.Worker.Sdk",
            },
            packages.ToHashSet());
    }

    static IEnumerable<string> Local(ProjectEvaluation project) => project.Items
        .Select(item => item.Path)
        .Where(path => path.Contains("/src/Local/", StringComparison.Ordinal) || path.Contains("/LocalRuntime/", StringComparison.Ordinal));
}
