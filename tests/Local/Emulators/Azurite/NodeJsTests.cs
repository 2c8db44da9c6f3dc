using Atrium.Local.Emulators.Azurite;

namespace Atrium.Local.Emulators.Tests.Azurite;

public sealed class NodeJsTests : IDisposable
{
    readonly StateFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("v20.11.1\n", 20)]
    [InlineData("v9.0.0", 9)]
    [InlineData("v24.1.0\r\n", 24)]
    [InlineData("20.11.1", null)]
    [InlineData("v", null)]
    [InlineData("v.1", null)]
    [InlineData("version one", null)]
    [InlineData("", null)]
    public void Reads_the_major_version(string output, int? expected) =>
        Assert.Equal(expected, NodeJs.MajorVersion(output));

    [Fact]
    public async Task Says_what_to_do_when_Node_js_is_missing()
    {
        var refusal = await Assert.ThrowsAsync<EmulatorStartException>(
            () => NodeJs.FindAsync(folder.Path, CancellationToken.None));

        Assert.StartsWith(
            "Node.js is not on the PATH. Node.js 20 or newer, with npm, is needed", refusal.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_what_to_do_when_npm_is_missing()
    {
        await File.WriteAllTextAsync(Path.Combine(folder.Path, OperatingSystem.IsWindows() ? "node.exe" : "node"), "");

        var refusal = await Assert.ThrowsAsync<EmulatorStartException>(
            () => NodeJs.FindAsync(folder.Path, CancellationToken.None));

        Assert.StartsWith("npm is not on the PATH", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_what_is_wrong_when_the_program_cannot_be_run()
    {
        foreach (var program in new[] { "node", "npm", "node.exe", "npm.cmd" })
        {
            await File.WriteAllTextAsync(Path.Combine(folder.Path, program), "");
        }

        var refusal = await Assert.ThrowsAsync<EmulatorStartException>(
            () => NodeJs.FindAsync(folder.Path, CancellationToken.None));

        Assert.Contains("cannot be run", refusal.Message, StringComparison.Ordinal);
    }
}
