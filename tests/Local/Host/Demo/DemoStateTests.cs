using Atrium.Local.Emulators;
using Atrium.Local.Host.Demo;
using Atrium.Local.Host.Tests.Support;

namespace Atrium.Local.Host.Tests.Demo;

public sealed class DemoStateTests : IDisposable
{
    readonly TempFolder _folder = new();

    [Fact]
    public void A_demo_begins_with_nothing_in_a_folder_that_no_demo_before_had()
    {
        var first = DemoState.Take(_folder.Path);
        var data = Path.Combine(first.Folder, "data");
        File.WriteAllText(data, "");
        File.WriteAllText(Path.Combine(_folder.Path, "of-an-older-version"), "");
        first.Dispose();

        using var second = DemoState.Take(_folder.Path);

        Assert.False(File.Exists(data));
        Assert.NotEqual(first.Folder, second.Folder);
        Assert.Equal([second.Folder], Directory.GetDirectories(_folder.Path));
        Assert.Equal([".demo"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
        Assert.Empty(Directory.EnumerateFileSystemEntries(second.Folder));
    }

    [Fact]
    public void A_second_demo_leaves_one_that_runs_alone_and_says_so()
    {
        using var first = DemoState.Take(_folder.Path);
        var data = Path.Combine(first.Folder, "data");
        File.WriteAllText(data, "");

        var message = Assert.Throws<EmulatorStartException>(() => DemoState.Take(_folder.Path)).Message;

        Assert.Equal(
            $"Another demo runs in {_folder.Path}: wait for its end, or name an empty folder with --state.", message);
        Assert.True(File.Exists(data));
    }

    [Fact]
    public void A_folder_that_no_demo_has_made_is_left_as_it_is()
    {
        var kept = _folder.Write("kept", "");
        Assert.Throws<EmulatorStartException>(() => DemoState.Take(_folder.Path));
        Assert.Equal([kept], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_folder_that_cannot_be_used_is_one_sentence()
    {
        var gone = Path.Combine(_folder.Path, "gone");
        Assert.StartsWith(
            $"The demo cannot use its folder {gone}: ",
            Assert.Throws<EmulatorStartException>(() => DemoState.Take(gone)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
