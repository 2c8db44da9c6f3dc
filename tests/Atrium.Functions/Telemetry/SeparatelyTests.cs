using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Tests.Telemetry;

public sealed class SeparatelyTests
{
    readonly List<int> _done = [];

    [Fact]
    public async Task What_fails_keeps_none_of_the_others_and_is_told_at_the_end()
    {
        var separately = new Separately(default);
        foreach (var number in new[] { 1, 2, 3, 4 })
        {
            await separately.TryAsync($"number {number}", () => DoAsync(number, fails: number % 2 == 1));
        }

        var failed = Assert.Throws<AggregateException>(separately.Complete);
        Assert.Equal([1, 2, 3, 4], _done);
        Assert.Equal(["1", "3"], failed.InnerExceptions.Select(inner => inner.Message));
        Assert.StartsWith("2 of 4 failed: number 1, number 3. ", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task However_many_fail_ten_are_named()
    {
        var separately = new Separately(default);
        for (var number = 1; number <= 11; number++)
        {
            await separately.TryAsync($"{number}", () => DoAsync(number, fails: true));
        }

        Assert.StartsWith(
            "11 of 11 failed: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …. ",
            Assert.Throws<AggregateException>(separately.Complete).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_succeeds_has_its_result_and_is_told_by_nothing()
    {
        var separately = new Separately(default);
        Assert.Equal("a", await separately.TryAsync("a", () => Task.FromResult("a")));
        separately.Complete();
    }

    [Fact]
    public async Task What_fails_has_no_result() => Assert.Null(
        await new Separately(default).TryAsync("a", () => Task.FromException<string>(new IOException("It broke."))));

    [Fact]
    public async Task Nothing_is_done_any_more_when_the_host_stops()
    {
        using var stop = new CancellationTokenSource();
        var separately = new Separately(stop.Token);
        await Assert.ThrowsAsync<OperationCanceledException>(() => separately.TryAsync("1", async () =>
        {
            await stop.CancelAsync();
            await DoAsync(1);
            stop.Token.ThrowIfCancellationRequested();
        }));
        await Assert.ThrowsAsync<OperationCanceledException>(() => separately.TryAsync("2", () => DoAsync(2)));
        Assert.Equal([1], _done);
    }

    Task DoAsync(int number, bool fails = false)
    {
        _done.Add(number);
        return fails ? Task.FromException(new IOException($"{number}")) : Task.CompletedTask;
    }
}
