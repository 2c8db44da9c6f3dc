using System.Text.Json;
using System.Text.RegularExpressions;

namespace Atrium.Infra.Tests;

/// <summary>What azd runs before and after it provisions, and before it deploys.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed partial class HookTests(PowerShell powerShell) : HookRunning(powerShell)
{
    // azd with the one value that the hooks set.
    const string KeptInAFile =
        "if [ \"$1 $2\" = 'env set' ]; then echo \"$@\" >> $CALLS; echo $4 > $CALLS.value\n"
        + "elif [ -e $CALLS.value ]; then read value < $CALLS.value; echo $value\n"
        + "else echo 'ERROR: key not found'; exit 1; fi";

    [Fact]
    public async Task Each_hook_of_azd_is_there_for_both_shells()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "azure.yaml"));
        var named = Script().Matches(text).Select(match => match.Groups[1].Value).Order().ToList();
        Assert.Equal(Directory.GetFiles(Hooks).Select(file => Path.GetFileName(file)).Order(), named);
        Assert.Equal(
            named.Where(name => name!.EndsWith(".sh", StringComparison.Ordinal))
                .Select(Path.GetFileNameWithoutExtension),
            named.Where(name => name!.EndsWith(".ps1", StringComparison.Ordinal))
                .Select(Path.GetFileNameWithoutExtension));
    }

    [Fact]
    public async Task A_provider_of_which_the_template_has_only_a_delegation_is_registered_by_the_hook_and_the_page()
    {
        var text = JsonSerializer.Serialize((await Snapshot.OfAsync("main.prod")).Resources);
        var delegated = Delegation().Matches(text).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.NotEmpty(delegated);
        foreach (var provider in delegated.Where(
            provider => !text.Contains($"\"type\":\"{provider}/", StringComparison.Ordinal)))
        {
            AllSay(provider, "hooks/preprovision.sh", "hooks/preprovision.ps1", "../docs/deploy.md");
        }
    }

    // What Azure answers when the role of the app's identity is not in force yet.
    [Fact]
    public void The_error_for_which_a_package_waits_is_named_where_somebody_would_look_it_up() => AllSay(
        "InaccessibleStorageException", "hooks/predeploy.sh", "hooks/predeploy.ps1", "../docs/deploy.md");

    // The group's name is in lower case, whatever the environment is called.
    [Theory]
    [InlineData("sh", "prod")]
    [InlineData("sh", "PROD")]
    [InlineData("ps1", "prod")]
    [InlineData("ps1", "PROD")]
    public async Task The_provider_is_registered_before_the_template_needs_it(string shell, string name)
    {
        Stub("az", "echo \"$@\" >> $CALLS\n[ $1 = provider ] || echo prod");
        Assert.Equal(
            0,
            (await RunAsync(
                shell, "preprovision", ("AZURE_SUBSCRIPTION_ID", "sub-1"), ("ATRIUM_STAGE", "prod"),
                ("AZURE_ENV_NAME", name))).Code);
        Assert.Equal(
            [
                "group list --subscription sub-1 --query [?name=='rg-atrium-prod'].tags.atrium_deployed --output tsv",
                "functionapp list --subscription sub-1 --resource-group rg-atrium-prod --query [].name --output tsv",
                "provider register --namespace Microsoft.App --wait --subscription sub-1 --output none",
            ],
            Calls());
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task A_provider_that_cannot_be_registered_ends_the_deployment_with_what_azure_says(string shell)
    {
        Stub(
            "az",
            "[ $1 != provider ] && echo dev && exit 0\necho 'AuthorizationFailed: …/register/action' >&2\nexit 3");
        var (code, output) = await RunAsync(shell, "preprovision");
        Assert.Equal(3, code);
        Assert.Contains("AuthorizationFailed", output, StringComparison.Ordinal);
    }

    // It could not say what would be undone.
    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task Without_the_azure_cli_nothing_is_provisioned(string shell)
    {
        var (code, output) = await RunAsync(shell, "preprovision");
        Assert.Equal(1, code);
        Assert.Contains("Install the Azure CLI", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task What_was_deployed_before_has_to_be_known(string shell)
    {
        Stub("az", "echo 'Please run az login' >&2\nexit 3");
        var (code, output) = await RunAsync(shell, "preprovision");
        Assert.Equal(3, code);
        Assert.Contains("Please run az login", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sh", "dev", "", null)]
    [InlineData("sh", "prod ACCENT", "prod", null)]
    [InlineData("sh", "prod ACCENT OPERATORS", "prod", "set: ATRIUM_OPERATORS.")]
    [InlineData("sh", "prod BUDGET OPERATORS", "prod", "set: ATRIUM_BUDGET ATRIUM_OPERATORS.")]
    [InlineData("sh", "prod", "", "set: the stage prod for dev (ATRIUM_STAGE).")]
    [InlineData("sh", "prod BUDGET", "dev", "set: the stage prod for dev (ATRIUM_STAGE) ATRIUM_BUDGET.")]
    [InlineData("ps1", "dev", "", null)]
    [InlineData("ps1", "prod ACCENT", "prod", null)]
    [InlineData("ps1", "prod ACCENT OPERATORS", "prod", "set: ATRIUM_OPERATORS.")]
    [InlineData("ps1", "prod BUDGET OPERATORS", "prod", "set: ATRIUM_BUDGET ATRIUM_OPERATORS.")]
    [InlineData("ps1", "prod", "", "set: the stage prod for dev (ATRIUM_STAGE).")]
    [InlineData("ps1", "prod BUDGET", "dev", "set: the stage prod for dev (ATRIUM_STAGE) ATRIUM_BUDGET.")]
    public async Task What_the_last_deployment_set_is_taken_away_only_when_that_is_confirmed(
        string shell, string deployed, string stage, string? refused)
    {
        Stub("az", $"echo $1 >> $CALLS\n[ $1 = provider ] || echo '{deployed}'");
        (string, string)[] settings =
            [("ATRIUM_STAGE", stage), ("ATRIUM_ACCENT", "#0b57d0"), ("ATRIUM_OPERATORS", ""), ("ATRIUM_BUDGET", "")];

        var (code, output) = await RunAsync(shell, "preprovision", settings);
        Assert.Equal(refused is null ? 0 : 1, code);
        Assert.Equal(refused is null ? ["group", "functionapp", "provider"] : ["group"], Calls());
        if (refused is not null)
        {
            Assert.Contains($"rg-atrium-prod what the last deployment {refused}", output, StringComparison.Ordinal);
            Assert.Contains("gh workflow run deploy.yml", output, StringComparison.Ordinal);
        }

        var (confirmed, _) = await RunAsync(shell, "preprovision", [.. settings, ("ATRIUM_CONFIRM_CHANGE", "true")]);
        Assert.Equal(0, confirmed);
    }

    // What is set for all of them would never be missed.
    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task A_variable_that_was_deleted_on_GitHub_is_missed(string shell)
    {
        var workflow = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "workflows", "deploy-stage.yml"));
        var environment = OfWorkflow().Matches(workflow).ToDictionary(
            match => match.Groups[1].Value,
            match => match.Groups[2].Value switch
            {
                "inputs.stage" => "prod",
                "inputs.confirm_change" => "false",
                "github.sha" => "c0ffee",
                var value => Default().Match(value).Groups[1].Value,
            });
        var noted = Assert.Single((await Snapshot.OfAsync("everything")).OfType("Microsoft.Resources/resourceGroups"))
            .GetProperty("tags").GetProperty("atrium_deployed").GetString()!;
        Assert.Contains("ATRIUM_TENANT_CLAIM", environment.Keys);

        foreach (var name in noted.Split(' ')[1..])
        {
            Stub("az", $"[ $1 = provider ] || echo 'prod {name}'");
            var (code, output) = await RunAsync(
                shell, "preprovision", [.. environment.Select(variable => (variable.Key, variable.Value))]);
            Assert.Equal(1, code);
            Assert.Contains($"set: ATRIUM_{name}.", output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task A_new_environment_has_its_package_wait_for_its_roles(string shell)
    {
        Stub("az", "exit 0");
        Stub("azd", KeptInAFile);
        FixTime();
        Assert.Equal(0, (await RunAsync(shell, "preprovision")).Code);
        Assert.Equal(0, (await RunAsync(shell, "postprovision")).Code);
        Assert.Equal(0, (await RunAsync(shell, "predeploy", ("ATRIUM_ROLE_WAIT", "40"))).Code);
        Assert.Equal(
            ["env set PROVISIONED_AT new", "env set PROVISIONED_AT 1000", "sleep 30", "sleep 10"], Calls());
    }

    // The group is what is made first. Where GitHub deploys, azd begins the next time with no values of its own.
    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task A_deployment_that_ended_before_it_made_the_app_leaves_a_new_environment(string shell)
    {
        Stub("az", "[ $1 != group ] || echo dev");
        Stub("azd", KeptInAFile);
        FixTime();
        Assert.Equal(0, (await RunAsync(shell, "preprovision")).Code);
        Assert.Equal(0, (await RunAsync(shell, "postprovision")).Code);
        Assert.Equal(0, (await RunAsync(shell, "predeploy", ("ATRIUM_ROLE_WAIT", "10"))).Code);
        Assert.Equal(
            ["env set PROVISIONED_AT new", "env set PROVISIONED_AT 1000", "sleep 10"], Calls());
    }

    // It has had its roles for long. Where GitHub deploys, azd begins each time with no values of its own.
    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task An_environment_that_was_deployed_before_waits_for_nothing(string shell)
    {
        Stub("az", "[ $1 = provider ] || echo dev");
        Stub("azd", KeptInAFile);
        FixTime();
        Assert.Equal(0, (await RunAsync(shell, "preprovision")).Code);
        Assert.Equal(0, (await RunAsync(shell, "postprovision")).Code);
        Assert.Equal(0, (await RunAsync(shell, "predeploy")).Code);
        Assert.Empty(Calls());
    }

    // The roles may have been made all the same.
    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task An_environment_remains_new_until_it_was_provisioned(string shell)
    {
        Stub("azd", "[ \"$1 $2\" = 'env set' ] && echo \"$@\" >> $CALLS || echo new");
        Stub("az", "[ $1 = provider ] || echo dev");
        FixTime();
        Assert.Equal(0, (await RunAsync(shell, "preprovision")).Code);
        Assert.Equal(0, (await RunAsync(shell, "postprovision")).Code);
        Assert.Equal(["env set PROVISIONED_AT 1000"], Calls());
    }

    [Theory]
    [InlineData("sh", "echo 900")]
    [InlineData("sh", "echo new")]
    [InlineData("sh", "echo 'ERROR: key not found'; exit 1")]
    [InlineData("ps1", "echo 900")]
    [InlineData("ps1", "echo new")]
    [InlineData("ps1", "echo 'ERROR: key not found'; exit 1")]
    public async Task A_package_waits_for_no_other_roles(string shell, string azd)
    {
        Stub("azd", azd);
        FixTime();
        Assert.Equal(0, (await RunAsync(shell, "predeploy", ("ATRIUM_ROLE_WAIT", "100"))).Code);
        Assert.Empty(Calls());
    }

    // As azd starts it: a process for a script, whose end is what azd goes by.
    [Theory]
    [InlineData("preprovision", 0)]
    [InlineData("postdeploy", 1)]
    public async Task A_script_of_PowerShell_ends_by_itself_as_it_should(string hook, int code)
    {
        Stub("az", $"exit {code}");
        Stub("azd", "exit 0");
        var start = PowerShell.Start(Path.Combine(Hooks, $"{hook}.ps1"));
        var (ended, output) = await RunAsync(
            start,
            new Dictionary<string, string>(start.Environment.Select(one => KeyValuePair.Create(one.Key, one.Value!)))
            {
                ["PATH"] = Folder.FullName,
                ["HOME"] = Folder.FullName,
                ["ATRIUM_SMOKE_TRIES"] = "1",
            });
        Assert.True(ended == code, output);
        Assert.Equal(code == 1, output.Contains("The smoke test failed: ", StringComparison.Ordinal));
    }

    static void AllSay(string text, params string[] files) => Assert.All(
        files,
        file => Assert.Contains(text, File.ReadAllText(Path.Combine(Bicep.Folder, file)), StringComparison.Ordinal));

    // What the environment of a job has.
    [GeneratedRegex(@"^ {6}(ATRIUM_\w+): \$\{\{ (.+) \}\}$", RegexOptions.Multiline)]
    private static partial Regex OfWorkflow();

    // What a variable that is not set is taken for.
    [GeneratedRegex(@"\|\| '(.*)'")]
    private static partial Regex Default();

    [GeneratedRegex("run: \\./infra/hooks/([a-z0-9.]+)")]
    private static partial Regex Script();

    [GeneratedRegex("\"serviceName\":\"([A-Za-z.]+)/")]
    private static partial Regex Delegation();
}
