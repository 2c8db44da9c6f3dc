using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Atrium.Processes;

namespace Atrium.EndToEnd;

public sealed class StartTests
{
    [Fact]
    public async Task The_demo_empties_no_folder_but_its_own()
    {
        using var state = new TemporaryFolder();
        var kept = Path.Combine(state.Path, "kept");
        await File.WriteAllTextAsync(kept, "");

        await AssertRefusedAsync(["--demo", "--port", "0", "--state", state.Path], [], "empty");

        Assert.True(File.Exists(kept));
    }

    [Fact]
    public async Task A_second_start_on_the_same_folder_goes_on_where_the_first_ended()
    {
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using (var first = await RunningApp.StartAsync(state))
        {
            await first.SubscribeAsync(receiver.Url, ["*"], generateSecret: true);
            Assert.Equal(0, await first.Process.InterruptAsync());
        }

        await using var second = await RunningApp.StartAsync(state);
        await second.PublishAsync(Events.CheckedOut);

        var request = (await receiver.NextAsync(1)).Single();
        Assert.Contains("webhook-signature", request.Headers.Keys);
    }

    [Fact]
    public async Task Far_from_home_it_delivers_too()
    {
        using var state = new TemporaryFolder();
        await using var receiver = await Receiver.StartAsync();
        await using var app = await RunningApp.StartAsync(
            state,
            settings:
            [
                // Where the capital of i is İ, and the clock is 12:45 ahead.
                ("LANG", "tr_TR.UTF-8"),
                ("LC_ALL", "tr_TR.UTF-8"),
                ("TZ", "Pacific/Chatham"),
                ("TMPDIR", Directory.CreateDirectory(Path.Combine(state.Path, "für kurze Zeit")).FullName),
            ]);
        await app.SubscribeAsync(receiver.Url, ["*"], generateSecret: true);

        await app.PublishAsync(Events.CheckedIn);

        Assert.Equal(Events.CheckedIn, Encoding.UTF8.GetString((await receiver.NextAsync(1)).Single().Body));
    }

    [Fact]
    public async Task A_taken_port_is_one_sentence_that_says_what_to_change()
    {
        using var state = new TemporaryFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await AssertRefusedAsync(["--port", $"{port}", "--state", state.Path], [], $"{port}", "--port");
    }

    [Fact]
    public async Task A_taken_emulator_port_is_one_sentence_that_says_what_to_change()
    {
        using var state = new TemporaryFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await AssertRefusedAsync(
            ["--port", "0", "--state", state.Path], [("LocalStack__ServiceBusPort", $"{port}")], $"{port}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("", "--demo")]
    [InlineData("below")]
    public async Task A_state_folder_that_is_a_file_is_one_sentence_that_says_what_to_change(
        string below, params string[] options)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "");

        await AssertUnusableAsync(Path.Combine(file, below), options);
    }

    [Theory]
    [InlineData("")]
    [InlineData("", "--demo")]
    [InlineData("below")]
    public async Task A_state_folder_that_must_not_be_written_is_one_sentence_that_says_what_to_change(
        string below, params string[] options)
    {
        using var locked = new LockedFolder();

        await AssertUnusableAsync(Path.Combine(locked.Path, below), options);
    }

    [Fact]
    public async Task A_broken_settings_file_is_one_sentence_that_says_where()
    {
        using var root = new TemporaryFolder();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "host.json"), Path.Combine(root.Path, "host.json"));
        await File.WriteAllTextAsync(Path.Combine(root.Path, "local.settings.json"), "{ \"Values\": { \"A\": }");

        await AssertRefusedAsync(
            ["--port", "0", "--state", root.Path], [("AzureWebJobsScriptRoot", root.Path)], "local.settings.json");
    }

    [Theory]
    [InlineData("Tables", "garbage")]
    [InlineData("KeyVault__vaultUri", "abc")]
    [InlineData("ServiceBus", "garbage")]
    [InlineData("Egress__Timeout", "99:00:00")]
    [InlineData("Egress__Timeout", "soon")]
    [InlineData("Deliveries__LockDuration", "00:00:20")]
    [InlineData("LocalStack__TablesPort", "abc")]
    [InlineData("Access__SignedInUsers", "perhaps")]
    public async Task A_setting_that_cannot_be_used_is_one_sentence_that_names_it(string name, string value)
    {
        using var state = new TemporaryFolder();
        await AssertRefusedAsync(["--port", "0", "--state", state.Path], [(name, value)], name.Split("__")[^1]);
    }

    [Fact]
    public async Task Without_Node_js_it_says_what_to_install()
    {
        using var state = new TemporaryFolder();
        var dotnet = Path.GetDirectoryName(Environment.ProcessPath!)!;

        await AssertRefusedAsync(["--port", "0", "--state", state.Path], [("PATH", dotnet)], "Node.js");
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("--clock-speed", "fast")]
    [InlineData("--state", "")]
    public async Task An_option_that_is_not_understood_is_refused(params string[] arguments) =>
        await AssertRefusedAsync(arguments, [], arguments[0]);

    static async Task AssertUnusableAsync(string state, string[] options)
    {
        var output = await AssertRefusedAsync(["--port", "0", "--state", state, .. options], []);

        Assert.Matches(
            $@"^The state folder {Regex.Escape(state)} cannot be used \(.+\): make it a folder .+ with --state\.$",
            Assert.Single(output.TrimEnd().Split('\n')));
    }

    static async Task<string> AssertRefusedAsync(
        string[] arguments, (string Name, string Value)[] settings, params string[] said)
    {
        var environment = new Dictionary<string, string?>
        {
            ["LocalStack__ServiceBusPort"] = "0",
            ["LocalStack__TablesPort"] = "0",
            ["LocalStack__KeyVaultPort"] = "0",
        };
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        await using var app = AppProcess.Start(arguments, environment);
        Assert.Equal(1, await app.ExitAsync());
        Assert.DoesNotContain("   at ", app.Output, StringComparison.Ordinal);
        Assert.All(said, text => Assert.Contains(text, app.Output, StringComparison.Ordinal));
        return app.Output;
    }
}
