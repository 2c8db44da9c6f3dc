using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Tests.Telemetry;

public sealed class FailureCollectorTests
{
    readonly List<int> _done = [];

    [Fact]
    public async Task What_fails_keeps_none_of_the_others_and_is_told_at_the_end()
    {
        var failures = new FailureCollector(default);
        foreach (var number in new[] { 1, 2, 3, 4 })
        {
            await failures.TryAsync($"number {number}", () => DoAsync(number, fails: number % 2 == 1));
        }

        var failed = Assert.Throws<AggregateException>(failures.Complete);
        Assert.Equal([1, 2, 3, 4], _done);
        Assert.Equal(["1", "3"], failed.InnerExceptions.Select(inner => inner.Message));
        Assert.StartsWith("2 of 4 failed: number 1, number 3. ", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task However_many_fail_ten_are_named()
    {
        var failures = new FailureCollector(default);
        for (var number = 1; number <= 11; number++)
        {
            await failures.TryAsync($"{number}", () => DoAsync(number, fails: true));
        }

        Assert.StartsWith(
            "11 of 11 failed: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …. ",
            Assert.Throws<AggregateException>(failures.Complete).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_succeeds_has_its_result_and_is_told_by_nothing()
    {
        var failures = new FailureCollector(default);
        Assert.Equal("a", await failures.TryAsync("a", () => Task.FromResult("a")));
        failures.Complete();
    }

    [Fact]
    public async Task What_fails_has_no_result() => Assert.Null(
        await new FailureCollector(default).TryAsync(
            "a", () => Task.FromException<string>(new IOException("It broke."))));

    [Fact]
    public async Task Nothing_is_done_any_more_when_the_host_stops()
    {
        using var stop = new CancellationTokenSource();
        var failures = new FailureCollector(stop.Token);
        await Assert.ThrowsAsync<OperationCanceledException>(() => failures.TryAsync("1", async () =>
        {
            await stop.CancelAsync();
            await DoAsync(1);
            stop.Token.ThrowIfCancellationRequested();
        }));
        await Assert.ThrowsAsync<OperationCanceledException>(() => failures.TryAsync("2", () => DoAsync(2)));
        Assert.Equal([1], _done);
    }

    Task DoAsync(int number, bool fails = false)
    {
        _done.Add(number);
        return fails ? Task.FromException(new IOException($"{number}")) : Task.CompletedTask;
    }
}
