using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Atrium.Infra.Tests;

/// <summary>The scripts that azd runs, with what they call in the place of az, azd and curl.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed partial class HookTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hooks-");

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
        string[] files =
        [
            Path.Combine(Hooks, "preprovision.sh"), Path.Combine(Hooks, "preprovision.ps1"),
            Path.Combine(AppContext.BaseDirectory, "docs", "deploy.md"),
        ];
        foreach (var provider in delegated.Where(
            provider => !text.Contains($"\"type\":\"{provider}/", StringComparison.Ordinal)))
        {
            Assert.All(
                files, file => Assert.Contains(provider, File.ReadAllText(file), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_provider_is_registered_before_the_template_needs_it()
    {
        Stub("az", "echo \"$@\" >> $CALLS");
        Assert.Equal(0, (await RunAsync("preprovision", ("AZURE_SUBSCRIPTION_ID", "sub-1"))).Code);
        Assert.Equal(
            ["provider register --namespace Microsoft.App --wait --subscription sub-1 --output none"], Calls());
    }

    [Theory]
    [InlineData("dev", 0)]
    [InlineData("prod", 1)]
    public async Task Without_the_azure_cli_only_a_stage_without_a_network_goes_on(string stage, int code)
    {
        var (ended, output) = await RunAsync("preprovision", ("ATRIUM_STAGE", stage));
        Assert.Equal(code, ended);
        Assert.Equal(code == 1, output.Contains("Install the Azure CLI", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_package_waits_for_roles_that_were_just_made_and_for_no_others()
    {
        Stub("azd", "cat $PROVISIONED");
        Stub("sleep", "echo sleep \"$@\" >> $CALLS");
        Stub("date", "echo 1000");
        Provisioned("930");
        Assert.Equal(0, (await RunAsync("predeploy", ("ATRIUM_ROLE_WAIT", "100"))).Code);
        Assert.Equal(["sleep 30"], Calls());

        Provisioned("900");
        Assert.Equal(0, (await RunAsync("predeploy", ("ATRIUM_ROLE_WAIT", "100"))).Code);
        Provisioned("ERROR: key not found");
        Assert.Equal(0, (await RunAsync("predeploy", ("ATRIUM_ROLE_WAIT", "100"))).Code);
        Assert.Equal(["sleep 30"], Calls());
    }

    [Fact]
    public async Task The_smoke_test_waits_for_health_and_calls_a_webhook()
    {
        Stub("az", "echo the-key");
        // Unhealthy twice, then healthy, then the test of a webhook.
        Stub("curl", """
            echo "$@" >> $CALLS
            while [ "$1" != -o ]; do shift; done
            n=$(wc -l < $CALLS)
            [ $n -gt 3 ] && echo '{"succeeded":true}' > "$2" || echo '{}' > "$2"
            [ $n -lt 3 ] && printf 503 || printf 200
            """);
        var (code, output) = await SmokeAsync(("ATRIUM_SMOKE_URL", "https://hook.example.com/"));
        Assert.True(code == 0, output);
        Assert.Contains("A test webhook was delivered.", output, StringComparison.Ordinal);
        Assert.Equal(4, Calls().Length);
        Assert.All(Calls(), call => Assert.Contains("x-functions-key: the-key", call, StringComparison.Ordinal));
        Assert.Contains("https://hook.example.com/", Calls()[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503, "{}", "answered 503 after 3 tries")]
    [InlineData(200, """{"succeeded":false,"errorClass":"dns"}""", "the webhook failed: {\"succeeded\":false")]
    public async Task The_smoke_test_fails_loudly(int status, string body, string said)
    {
        Stub("az", "echo the-key");
        Stub("curl", $"while [ \"$1\" != -o ]; do shift; done\necho '{body}' > \"$2\"\nprintf {status}");
        var (code, output) = await SmokeAsync(("ATRIUM_SMOKE_URL", "https://hook.example.com/"));
        Assert.Equal(1, code);
        Assert.Contains("The smoke test failed: ", output, StringComparison.Ordinal);
        Assert.Contains(said, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_receiver_the_smoke_test_says_that_no_webhook_was_called()
    {
        Stub("az", "echo the-key");
        Stub("curl", "printf 200");
        var (code, output) = await SmokeAsync();
        Assert.Equal(0, code);
        Assert.Contains("No webhook was called", output, StringComparison.Ordinal);
    }

    Task<(int Code, string Output)> SmokeAsync(params (string Name, string Value)[] more) => RunAsync(
        "postdeploy",
        [
            ("AZURE_RESOURCE_GROUP", "rg"), ("SERVICE_FUNCTIONS_NAME", "app"),
            ("SERVICE_FUNCTIONS_URI", "https://app.example.com"), ("ATRIUM_SMOKE_TRIES", "3"),
            ("ATRIUM_SMOKE_PAUSE", "0"), .. more,
        ]);

    // A program of this name, which comes before the machine's own.
    void Stub(string name, string script)
    {
        var file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    void Provisioned(string value) => File.WriteAllText(Path.Combine(_folder.FullName, "provisioned"), value);

    string[] Calls() => File.Exists(CallsFile) ? File.ReadAllLines(CallsFile) : [];

    string CallsFile => Path.Combine(_folder.FullName, "calls");

    async Task<(int Code, string Output)> RunAsync(string hook, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("/bin/sh", [Path.Combine(Hooks, $"{hook}.sh")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        // Of the machine's programs only the common ones: no az.
        start.Environment["PATH"] = $"{_folder.FullName}:/usr/bin:/bin";
        start.Environment["TMPDIR"] = _folder.FullName;
        start.Environment["CALLS"] = CallsFile;
        start.Environment["PROVISIONED"] = Path.Combine(_folder.FullName, "provisioned");
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    [GeneratedRegex("run: \\./infra/hooks/([a-z0-9.]+)")]
    private static partial Regex Script();

    [GeneratedRegex("\"serviceName\":\"([A-Za-z.]+)/")]
    private static partial Regex Delegation();
}
