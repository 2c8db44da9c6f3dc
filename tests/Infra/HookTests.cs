using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Atrium.Infra.Tests;

/// <summary>
/// The scripts that azd runs, in sh and in PowerShell: with stand-ins for az and azd, and a server in the app's place.
/// </summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed partial class HookTests(PowerShell powerShell) : IClassFixture<PowerShell>, IDisposable
{
    // Of the machine's programs only what the hooks may take for given: some machines have an az.
    static readonly string[] Programs = ["curl", "date", "grep", "head", "mktemp", "printenv", "rm", "sleep"];

    readonly DirectoryInfo _folder = WithPrograms();

    static string Hooks => Path.Combine(Bicep.Folder, "hooks");

    public void Dispose() => _folder.Delete(recursive: true);

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

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task The_provider_is_registered_before_the_template_needs_it(string shell)
    {
        Stub("az", "echo \"$@\" >> $CALLS");
        Assert.Equal(0, (await RunAsync(shell, "preprovision", ("AZURE_SUBSCRIPTION_ID", "sub-1"))).Code);
        Assert.Equal(
            [
                "group list --subscription sub-1 --query [?name=='rg-atrium-prod'].tags.atrium_deployed --output tsv",
                "provider register --namespace Microsoft.App --wait --subscription sub-1 --output none",
            ],
            Calls());
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task A_provider_that_cannot_be_registered_ends_the_deployment_with_what_azure_says(string shell)
    {
        Stub("az", "[ $1 = group ] && exit 0\necho 'AuthorizationFailed: …/register/action' >&2\nexit 3");
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
        Stub("az", $"echo $1 >> $CALLS\n[ $1 = group ] && echo '{deployed}' || exit 0");
        (string, string)[] settings =
            [("ATRIUM_STAGE", stage), ("ATRIUM_ACCENT", "#0b57d0"), ("ATRIUM_OPERATORS", ""), ("ATRIUM_BUDGET", "")];

        var (code, output) = await RunAsync(shell, "preprovision", settings);
        Assert.Equal(refused is null ? 0 : 1, code);
        Assert.Equal(refused is null ? ["group", "provider"] : ["group"], Calls());
        if (refused is not null)
        {
            Assert.Contains($"rg-atrium-prod what the last deployment {refused}", output, StringComparison.Ordinal);
            Assert.Contains("gh workflow run deploy.yml", output, StringComparison.Ordinal);
        }

        var (confirmed, _) = await RunAsync(shell, "preprovision", [.. settings, ("ATRIUM_CONFIRM_CHANGE", "true")]);
        Assert.Equal(0, confirmed);
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task A_package_waits_for_roles_that_were_just_made(string shell)
    {
        Stub("azd", "[ \"$1 $2\" = 'env set' ] && echo \"$@\" >> $CALLS || echo 930");
        FixTime();
        Assert.Equal(0, (await RunAsync(shell, "postprovision")).Code);
        Assert.Equal(0, (await RunAsync(shell, "predeploy", ("ATRIUM_ROLE_WAIT", "110"))).Code);
        Assert.Equal(["env set PROVISIONED_AT 1000", "sleep 30", "sleep 10"], Calls());
    }

    [Theory]
    [InlineData("sh", "echo 900")]
    [InlineData("sh", "echo 'ERROR: key not found'; exit 1")]
    [InlineData("ps1", "echo 900")]
    [InlineData("ps1", "echo 'ERROR: key not found'; exit 1")]
    public async Task A_package_waits_for_no_other_roles(string shell, string azd)
    {
        Stub("azd", azd);
        FixTime();
        Assert.Equal(0, (await RunAsync(shell, "predeploy", ("ATRIUM_ROLE_WAIT", "100"))).Code);
        Assert.Empty(Calls());
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task The_smoke_test_waits_for_health_and_calls_a_webhook(string shell)
    {
        Stub("az", "echo the-key");
        // Its roles are in force at the third time.
        await using var app = await AppStandIn.StartAsync(
            (503, """{"status":"unhealthy"}"""), (503, "{}"), (200, "{}"), (200, """{"succeeded":true}"""));
        var (code, output) = await SmokeAsync(shell, app.Url, ("ATRIUM_SMOKE_URL", "https://hook.example.com/"));

        Assert.True(code == 0, output);
        Assert.Contains("webhook was delivered to https://hook.example.com/.", output, StringComparison.Ordinal);
        Assert.Equal(
            [
                "GET /api/health the-key ", "GET /api/health the-key ", "GET /api/health the-key ",
                "POST /api/tenants/smoke-test/test-webhook the-key "
                    + "application/json visitor.checked_in https://hook.example.com/",
            ],
            app.Calls);
        Assert.Equal(2, Calls().Length);
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task Without_a_receiver_the_webhook_goes_to_the_app_itself_where_any_answer_will_do(string shell)
    {
        Stub("az", "echo the-key");
        await using var app = await AppStandIn.StartAsync(
            (200, "{}"), (200, """{"succeeded":false,"response":{"status":404}}"""));
        var (code, output) = await SmokeAsync(shell, app.Url);

        Assert.True(code == 0, output);
        Assert.Contains("A webhook left", output, StringComparison.Ordinal);
        Assert.EndsWith($" {app.Url}/api/live", app.Calls[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sh", "", 200, """{"succeeded":false,"response":null}""", "no answer to a webhook came back: {\"succ")]
    [InlineData("sh", "https://a.example/", 200, """{"succeeded":false}""", "the webhook failed: {\"succeeded\":false")]
    [InlineData("sh", "https://a.example/", 429, """{"code":"x"}""", "test-webhook answered 429: {\"code\":\"x\"}")]
    [InlineData("ps1", "", 200, """{"succeeded":false,"response":null}""", "no answer to a webhook came back: {\"succ")]
    [InlineData("ps1", "https://a.example/", 200, """{"succeeded":false}""", "the webhook failed: {\"succeeded\":fals")]
    [InlineData("ps1", "https://a.example/", 429, """{"code":"x"}""", "test-webhook answered 429: {\"code\":\"x\"}")]
    public async Task A_webhook_that_fails_is_told_with_what_came_of_it(
        string shell, string receiver, int status, string body, string said)
    {
        Stub("az", "echo the-key");
        await using var app = await AppStandIn.StartAsync((200, "{}"), (status, body));
        await FailsAsync(shell, app.Url, said, ("ATRIUM_SMOKE_URL", receiver));
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task An_app_that_does_not_become_healthy_is_told_with_its_last_answer(string shell)
    {
        Stub("az", "echo the-key");
        await using var app = await AppStandIn.StartAsync((503, "{}"), (503, "{}"), (503, """{"vault":"403"}"""));
        await FailsAsync(shell, app.Url, "answered 503 after 3 tries: {\"vault\":\"403\"}");
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task A_name_that_is_not_known_is_asked_for_again_and_then_told(string shell)
    {
        Stub("az", "echo the-key");
        await FailsAsync(shell, "http://app.invalid", "answered 000 after 3 tries");
        Assert.Equal(2, Calls().Length);
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task A_key_that_cannot_be_read_is_told_with_what_azure_said_last(string shell)
    {
        Stub("az", "echo 'Bad Request' >&2\nexit 1");
        await FailsAsync(
            shell, "http://app.invalid", "the function key cannot be read after 3 tries: Bad Request");
        Assert.Equal(2, Calls().Length);
    }

    // The app's own host gives it out, and refuses while it starts; one version of az says nothing.
    [Theory]
    [InlineData("sh", "exit 1")]
    [InlineData("sh", "exit 0")]
    [InlineData("ps1", "exit 1")]
    [InlineData("ps1", "exit 0")]
    public async Task The_key_is_asked_for_until_there_is_one_and_then_no_more(string shell, string first)
    {
        Stub(
            "az",
            $"echo key >> $CALLS\nif [ -e $CALLS.asked ]; then echo the-key; else : > $CALLS.asked; {first}; fi");
        await using var app = await AppStandIn.StartAsync(
            (503, "{}"), (200, "{}"), (200, """{"succeeded":true,"response":{}}"""));
        var (code, output) = await SmokeAsync(shell, app.Url);

        Assert.True(code == 0, output);
        Assert.Equal(["key", "sleep 15", "key", "sleep 15"], Calls());
        Assert.All(app.Calls, call => Assert.Contains(" the-key ", call, StringComparison.Ordinal));
    }

    // Where only a gateway may call the app.
    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task The_smoke_test_calls_the_address_that_it_is_given(string shell)
    {
        Stub("az", "echo the-key");
        await using var app = await AppStandIn.StartAsync((200, "{}"), (200, """{"succeeded":false,"response":{}}"""));
        var (code, output) = await SmokeAsync(shell, "http://app.invalid", ("ATRIUM_SMOKE_ADDRESS", app.Url));

        Assert.True(code == 0, output);
        Assert.Equal(2, app.Calls.Count);
    }

    [Theory]
    [InlineData("sh")]
    [InlineData("ps1")]
    public async Task The_smoke_test_can_be_switched_off(string shell)
    {
        var (code, output) = await RunAsync(
            shell, "postdeploy", ("SERVICE_FUNCTIONS_URI", "http://app.invalid"), ("ATRIUM_SMOKE_TRIES", "0"));
        Assert.Equal(0, code);
        Assert.Contains("No smoke test", output, StringComparison.Ordinal);
    }

    // As azd starts it: a process for a script, whose end is what azd goes by.
    [Theory]
    [InlineData("preprovision", 0)]
    [InlineData("postdeploy", 1)]
    public async Task A_script_of_PowerShell_ends_by_itself_as_it_should(string hook, int code)
    {
        Stub("az", $"exit {code}");
        var start = PowerShell.Start(Path.Combine(Hooks, $"{hook}.ps1"));
        var (ended, output) = await RunAsync(
            start,
            new Dictionary<string, string>(start.Environment.Select(one => KeyValuePair.Create(one.Key, one.Value!)))
            {
                ["PATH"] = _folder.FullName,
                ["HOME"] = _folder.FullName,
                ["ATRIUM_SMOKE_TRIES"] = "1",
            });
        Assert.True(ended == code, output);
        Assert.Equal(code == 1, output.Contains("The smoke test failed: ", StringComparison.Ordinal));
    }

    async Task FailsAsync(string shell, string url, string said, params (string Name, string Value)[] more)
    {
        var (code, output) = await SmokeAsync(shell, url, more);
        Assert.Equal(1, code);
        Assert.Contains("The smoke test failed: ", output, StringComparison.Ordinal);
        Assert.Contains(said, output, StringComparison.Ordinal);
    }

    Task<(int Code, string Output)> SmokeAsync(string shell, string url, params (string Name, string Value)[] more)
    {
        FixTime();
        return RunAsync(
            shell, "postdeploy",
            [
                ("AZURE_RESOURCE_GROUP", "rg"), ("SERVICE_FUNCTIONS_NAME", "app"), ("SERVICE_FUNCTIONS_URI", url),
                ("ATRIUM_SMOKE_TRIES", "3"), .. more,
            ]);
    }

    // For sh as scripts/hooks.ps1 does it for PowerShell: it is always 1000, and nobody sleeps.
    void FixTime()
    {
        Stub("sleep", "echo sleep \"$@\" >> $CALLS");
        Stub("date", "echo 1000");
    }

    static DirectoryInfo WithPrograms()
    {
        var folder = Directory.CreateTempSubdirectory("hooks-");
        foreach (var program in Programs)
        {
            File.CreateSymbolicLink(
                Path.Combine(folder.FullName, program),
                new[] { $"/usr/bin/{program}", $"/bin/{program}" }.First(File.Exists));
        }

        return folder;
    }

    // A program of this name, in the place of the machine's own.
    void Stub(string name, string script)
    {
        var file = Path.Combine(_folder.FullName, name);
        File.Delete(file);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    string[] Calls() => File.Exists(CallsFile) ? File.ReadAllLines(CallsFile) : [];

    string CallsFile => Path.Combine(_folder.FullName, "calls");

    async Task<(int Code, string Output)> RunAsync(
        string shell, string hook, params (string Name, string Value)[] settings)
    {
        var script = Path.Combine(Hooks, $"{hook}.{shell}");
        var environment = settings.ToDictionary(setting => setting.Name, setting => setting.Value);
        environment["PATH"] = _folder.FullName;
        environment["HOME"] = _folder.FullName;
        environment["TMPDIR"] = _folder.FullName;
        environment["CALLS"] = CallsFile;
        environment["AZURE_ENV_NAME"] = "prod";
        return shell == "sh"
            ? await RunAsync(new ProcessStartInfo("/bin/sh", [script]), environment)
            : await powerShell.RunAsync(script, environment);
    }

    static async Task<(int Code, string Output)> RunAsync(
        ProcessStartInfo start, IReadOnlyDictionary<string, string> environment)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    static void AllSay(string text, params string[] files) => Assert.All(
        files,
        file => Assert.Contains(text, File.ReadAllText(Path.Combine(Bicep.Folder, file)), StringComparison.Ordinal));

    [GeneratedRegex("run: \\./infra/hooks/([a-z0-9.]+)")]
    private static partial Regex Script();

    [GeneratedRegex("\"serviceName\":\"([A-Za-z.]+)/")]
    private static partial Regex Delegation();
}
