using Atrium.Processes;

namespace Atrium.Local.Emulators.Tests;

public sealed class UsableFolderTests : IDisposable
{
    readonly StateFolder _state = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public void A_file_is_none_and_nothing_below_one()
    {
        var file = Path.Combine(_state.Path, "file");
        File.WriteAllText(file, "");

        AssertUnusable(file);
        AssertUnusable(Path.Combine(file, "below"));
    }

    [Fact]
    public void A_folder_that_must_not_be_written_is_none_and_nothing_below_one()
    {
        using var locked = new LockedFolder();

        AssertUnusable(locked.Path);
        AssertUnusable(Path.Combine(locked.Path, "below"));
    }

    [Fact]
    public void One_that_is_not_there_is_made_and_left_empty()
    {
        var folder = Path.Combine(_state.Path, "new", "below");

        UsableFolder.Make(folder);

        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    static void AssertUnusable(string folder)
    {
        var sentence = Assert.Throws<EmulatorStartException>(() => UsableFolder.Make(folder)).Message;
        Assert.StartsWith($"The state folder {folder} cannot be used (", sentence, StringComparison.Ordinal);
        Assert.EndsWith("name another one with --state.", sentence, StringComparison.Ordinal);
    }
}
