using System.Text.RegularExpressions;

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
    public async Task A_state_folder_that_is_a_file_is_one_sentence_that_says_what_to_change()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "");

        var output = await AssertRefusedAsync(["--port", "0", "--state", file, "--demo"], []);

        Assert.Matches(
            $@"^The state folder {Regex.Escape(file)} cannot be used \(.+\): make it a folder .+ with --state\.$",
            Assert.Single(output.TrimEnd().Split('\n')));
    }

    // One for each who refuses: a client's options, the conversion of a value, and the host.
    [Theory]
    [InlineData("Tables", "garbage")]
    [InlineData("Egress__Timeout", "soon")]
    [InlineData("LocalStack__TablesPort", "abc")]
    public async Task A_setting_that_cannot_be_used_is_one_sentence_that_names_it(string name, string value)
    {
        using var state = new TemporaryFolder();
        await AssertRefusedAsync(["--port", "0", "--state", state.Path], [(name, value)], name.Split("__")[^1]);
    }

    static async Task<string> AssertRefusedAsync(
        string[] arguments, (string Name, string Value)[] settings, params string[] said)
    {
        var environment = new Dictionary<string, string>
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
