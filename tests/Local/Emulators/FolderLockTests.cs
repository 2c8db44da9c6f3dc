using Microsoft.Extensions.Time.Testing;

namespace Atrium.Local.Emulators.Tests;

public sealed class FolderLockTests : IDisposable
{
    readonly StateFolder folder = new();
    readonly FakeTimeProvider clock = new();

    string LockFile => Path.Combine(folder.Path, "lock");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Is_had_by_one_at_a_time_and_by_the_next_when_it_is_free()
    {
        var waits = 0;
        var first = await AcquireAsync(TimeSpan.Zero, () => waits++);
        var second = AcquireAsync(TimeSpan.FromSeconds(20), () => waits++);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(second.IsCompleted);

        first!.Dispose();
        clock.Advance(TimeSpan.FromSeconds(1));

        using var acquired = await second;
        Assert.NotNull(acquired);
        Assert.Equal(1, waits);
    }

    [Fact]
    public async Task Waiting_ends_when_patience_does()
    {
        using var first = await AcquireAsync(TimeSpan.Zero, () => { });
        var second = AcquireAsync(TimeSpan.FromSeconds(20), () => { });

        clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Null(await second);
    }

    Task<FolderLock?> AcquireAsync(TimeSpan patience, Action onWait) =>
        FolderLock.AcquireAsync(LockFile, patience, clock, onWait, CancellationToken.None);
}
