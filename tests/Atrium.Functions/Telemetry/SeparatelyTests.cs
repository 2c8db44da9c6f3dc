using Atrium.Functions.Telemetry;

namespace Atrium.Functions.Tests.Telemetry;

public sealed class SeparatelyTests
{
    [Fact]
    public async Task What_fails_keeps_none_of_the_others_and_is_told_at_the_end()
    {
        var done = new List<int>();

        var failed = await Assert.ThrowsAsync<AggregateException>(() => Separately.DoAsync(
            [1, 2, 3, 4],
            number =>
            {
                done.Add(number);
                return number % 2 == 0 ? Task.CompletedTask : Task.FromException(new IOException($"{number}"));
            },
            default));

        Assert.Equal([1, 2, 3, 4], done);
        Assert.Equal(["1", "3"], failed.InnerExceptions.Select(inner => inner.Message));
    }

    [Fact]
    public async Task Nothing_is_done_any_more_when_the_host_stops()
    {
        var done = new List<int>();

        await Assert.ThrowsAsync<OperationCanceledException>(() => Separately.DoAsync(
            [1, 2],
            number =>
            {
                done.Add(number);
                throw new OperationCanceledException();
            },
            new CancellationToken(canceled: true)));

        Assert.Equal([1], done);
    }
}
