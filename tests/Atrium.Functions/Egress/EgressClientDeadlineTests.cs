using System.Net;
using Atrium.Functions.Egress;

namespace Atrium.Functions.Tests.Egress;

public sealed class EgressClientDeadlineTests
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    readonly TaskCompletionSource advanced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Gives_up_after_the_deadline_without_an_answer()
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            reached.SetResult();
            await connection.UntilClosedAsync();
        });
        using var rig = new EgressRig();
        var sending = rig.SendAsync(receiver.Url);
        await reached.Task.Soon();

        rig.Time.Advance(14.999 * Second);
        Assert.False(sending.IsCompleted);
        rig.Time.Advance(0.001 * Second);
        var exchange = await sending;

        Assert.Equal(
            (null, ErrorClass.Timeout, FailureCause.AnswerTimeout),
            (exchange.Status, exchange.Error, exchange.Cause));
        Assert.Contains("did not answer within 15 s", exchange.Explanation, StringComparison.Ordinal);
        Assert.Equal(15_000, exchange.Timings.Total);
        Assert.Null(exchange.Timings.FirstByte);
    }

    [Theory]
    [InlineData("HTTP/1.1 ", "2")]
    [InlineData("HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 103 Early Hints\r\n\r\n")]
    public async Task Is_not_held_up_by_a_head_that_drips(string beginning, string more)
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.AnswerAsync(beginning);
            reached.SetResult();
            await advanced.Task;
            await connection.WriteAsync(more);
            await connection.UntilClosedAsync();
        });
        using var rig = new EgressRig();
        var sending = rig.SendAsync(receiver.Url);
        await reached.Task.Soon();

        rig.Time.Advance(14 * Second);
        advanced.SetResult();
        rig.Time.Advance(Second);

        Assert.Equal(ErrorClass.Timeout, (await sending).Error);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")]
    [InlineData("HTTP/1.1 202 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")]
    public async Task Counts_a_2xx_as_delivered_and_gives_its_hung_body_two_seconds(string answer)
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.AnswerAsync(answer);
            await connection.UntilClosedAsync();
        });
        using var rig = new EgressRig();
        var sending = rig.SendAsync(receiver.Url);
        await rig.Time.TimerOf(ExcerptReader.Patience);

        Assert.False(sending.IsCompleted);
        rig.Time.Advance(2 * Second);
        var exchange = await sending;

        Assert.True(exchange.Succeeded);
        Assert.Equal((ErrorClass.Body, true), (exchange.Error, exchange.Body.Truncated));
        Assert.Contains("is delivered", exchange.Explanation, StringComparison.Ordinal);
        Assert.Equal(2_000, exchange.Timings.Total);
        Assert.Equal(0, exchange.Timings.FirstByte);
    }

    [Fact]
    public async Task Is_not_held_up_by_a_body_that_drips()
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.AnswerAsync("HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\n");
            await advanced.Task;
            await connection.WriteAsync("a");
            await connection.UntilClosedAsync();
        });
        using var rig = new EgressRig();
        var sending = rig.SendAsync(receiver.Url);
        await rig.Time.TimerOf(ExcerptReader.Patience);

        rig.Time.Advance(1.5 * Second);
        advanced.SetResult();
        rig.Time.Advance(0.5 * Second);
        var exchange = await sending;

        Assert.Equal((500, ErrorClass.Http, true), (exchange.Status, exchange.Error, exchange.Body.Truncated));
        Assert.Equal(2_000, exchange.Timings.Total);
    }

    [Fact]
    public async Task Gives_a_late_body_no_more_than_the_deadline_leaves()
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            reached.SetResult();
            await advanced.Task;
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
            await connection.UntilClosedAsync();
        });
        using var rig = new EgressRig();
        var sending = rig.SendAsync(receiver.Url);
        await reached.Task.Soon();
        rig.Time.Advance(14 * Second);
        advanced.SetResult();
        await rig.Time.TimerOf(ExcerptReader.Patience);

        rig.Time.Advance(Second);
        var exchange = await sending;

        Assert.True(exchange.Succeeded);
        Assert.Equal(14_000, exchange.Timings.FirstByte);
        Assert.Equal(15_000, exchange.Timings.Total);
    }

    [Fact]
    public async Task Takes_its_deadline_from_the_settings()
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            reached.SetResult();
            await connection.UntilClosedAsync();
        });
        using var rig = new EgressRig(new() { AllowLoopback = true, Timeout = 3 * Second });
        var sending = rig.SendAsync(receiver.Url);
        await reached.Task.Soon();

        rig.Time.Advance(3 * Second);

        Assert.Contains("within 3 s", (await sending).Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_timeout_when_TLS_hangs()
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.Stream.ReadExactlyAsync(new byte[1]);
            reached.SetResult();
            await connection.UntilClosedAsync();
        });
        using var rig = new EgressRig();
        var sending = rig.SendAsync($"https://127.0.0.1:{receiver.Port}/");
        await reached.Task.Soon();

        rig.Time.Advance(5 * Second);
        var exchange = await sending;

        Assert.Equal(
            (ErrorClass.Timeout, FailureCause.TlsTimeout, IPAddress.Loopback),
            (exchange.Error, exchange.Cause, exchange.RemoteAddress));
        Assert.Contains("did not finish the TLS handshake within 5 s", exchange.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_dns_when_the_name_servers_do_not_answer()
    {
        var given = CancellationToken.None;
        using var rig = new EgressRig(resolve: (_, token) =>
        {
            given = token;
            return new TaskCompletionSource<IPAddress[]>().Task;
        });
        var sending = rig.SendAsync("https://hook.example.com/");
        await rig.Time.TimerOf(ValidatedLookup.Budget);

        rig.Time.Advance(ValidatedLookup.Budget);
        var exchange = await sending;

        Assert.Equal((ErrorClass.Dns, FailureCause.NameServersSilent), (exchange.Error, exchange.Cause));
        Assert.Contains("did not answer", exchange.Explanation, StringComparison.Ordinal);
        Assert.Equal(ValidatedLookup.Budget.TotalMilliseconds, exchange.Timings.Total);
        // .NET looks a name up once at a time. One that has been given up must not keep the next one waiting.
        Assert.True(given.IsCancellationRequested);
    }

    [Fact]
    public async Task Throws_when_the_caller_gives_up_before_there_is_an_answer()
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            reached.SetResult();
            await connection.UntilClosedAsync();
        });
        using var rig = new EgressRig();
        using var caller = new CancellationTokenSource();
        var sending = rig.SendAsync(receiver.Url, caller.Token);
        await reached.Task.Soon();

        await caller.CancelAsync();

        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal(caller.Token, e.CancellationToken);
    }

    [Fact]
    public async Task Returns_a_status_that_has_come_though_the_caller_gives_up()
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.AnswerAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
            await connection.UntilClosedAsync();
        });
        using var rig = new EgressRig();
        using var caller = new CancellationTokenSource();
        var sending = rig.SendAsync(receiver.Url, caller.Token);
        await rig.Time.TimerOf(ExcerptReader.Patience);

        await caller.CancelAsync();

        Assert.True((await sending).Succeeded);
    }
}
