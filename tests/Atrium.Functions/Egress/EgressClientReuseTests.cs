using Atrium.Functions.Egress;

namespace Atrium.Functions.Tests.Egress;

/// <summary>A receiver that closes a connection in use just as the next request goes out on it.</summary>
public sealed class EgressClientReuseTests
{
    const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sends_once_more_on_a_fresh_connection_what_an_open_one_swallowed(bool reset)
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.AnswerAsync(Ok);
            await connection.ReadRequestAsync();
            if (reset)
            {
                connection.Reset();
            }
        });
        using var rig = new EgressRig();

        var exchanges = new List<Exchange>();
        for (var i = 0; i < 8; i++)
        {
            exchanges.Add(await rig.SendAsync(receiver.Url));
        }

        Assert.All(exchanges, exchange => Assert.Equal((200, null), (exchange.Status, exchange.Error)));
        Assert.Equal([false, true, false, true, false, true, false, true],
            exchanges.Select(exchange => exchange.Resent));
        Assert.All(receiver.Requests, request => Assert.Equal("msg_1", request.Header("webhook-id")));
        Assert.Equal(12, receiver.Requests.Count);
    }

    [Fact]
    public async Task Tells_timings_of_the_connection_that_it_opened_for_it()
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.AnswerAsync(Ok);
            await connection.ReadRequestAsync();
        });
        using var rig = new EgressRig();

        await rig.SendAsync(receiver.Url);
        var exchange = await rig.SendAsync(receiver.Url);

        Assert.NotNull(exchange.Timings.Connect);
        Assert.NotNull(exchange.RemoteAddress);
    }

    [Fact]
    public async Task Sends_no_third_time()
    {
        var connections = 0;
        await using var receiver = RawReceiver.Start(async connection =>
        {
            if (Interlocked.Increment(ref connections) == 1)
            {
                await connection.AnswerAsync(Ok);
            }

            await connection.ReadRequestAsync();
        });
        using var rig = new EgressRig();

        await rig.SendAsync(receiver.Url);
        var exchange = await rig.SendAsync(receiver.Url);

        Assert.Equal((null, ErrorClass.Reset, true), (exchange.Status, exchange.Error, exchange.Resent));
        Assert.Equal(3, receiver.Requests.Count);
    }

    [Theory]
    [InlineData("H", null, ErrorClass.Reset)]
    [InlineData("HTTP/1.1 503 No\r\nContent-Le", 503, ErrorClass.Http)]
    internal async Task Sends_nothing_again_once_a_byte_of_an_answer_has_come(
        string beginning, int? status, ErrorClass error)
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.AnswerAsync(Ok);
            await connection.AnswerAsync(beginning);
        });
        using var rig = new EgressRig();

        await rig.SendAsync(receiver.Url);
        var exchange = await rig.SendAsync(receiver.Url);

        Assert.Equal((status, error, false), (exchange.Status, exchange.Error, exchange.Resent));
        Assert.Equal(2, receiver.Requests.Count);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    [InlineData(10_000, false)]
    public async Task Sends_once_more_only_what_cannot_have_been_worked_on(int milliseconds, bool resent)
    {
        var (reached, closing) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.AnswerAsync(Ok);
            await connection.ReadRequestAsync();
            reached.SetResult();
            await closing.Task;
        });
        using var rig = new EgressRig();

        await rig.SendAsync(receiver.Url);
        var sending = rig.SendAsync(receiver.Url);
        await reached.Task.Soon();
        rig.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        closing.SetResult();
        var exchange = await sending;

        Assert.Equal(resent, exchange.Resent);
        Assert.Equal(resent ? (200, null) : (null, ErrorClass.Reset), (exchange.Status, exchange.Error));
        Assert.Equal(resent ? 3 : 2, receiver.Requests.Count);
    }

    [Fact]
    public async Task Counts_from_when_the_request_went_out_not_from_when_the_connection_was_first_used()
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.AnswerAsync(Ok);
            await connection.ReadRequestAsync();
        });
        using var rig = new EgressRig();

        await rig.SendAsync(receiver.Url);
        rig.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.True((await rig.SendAsync(receiver.Url)).Resent);
    }

    [Fact]
    public async Task Sends_nothing_again_that_the_deadline_has_ended()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.AnswerAsync(Ok);
            await connection.ReadRequestAsync();
            reached.SetResult();
            await connection.UntilClosedAsync();
        });
        using var rig = new EgressRig();

        await rig.SendAsync(receiver.Url);
        var sending = rig.SendAsync(receiver.Url);
        await reached.Task.Soon();
        rig.Time.Advance(rig.Options.Timeout);

        Assert.Equal((ErrorClass.Timeout, false), ((await sending).Error, (await sending).Resent));
        Assert.Equal(2, receiver.Requests.Count);
    }

    [Fact]
    public async Task Does_so_over_TLS_as_well()
    {
        using var authority = new TestAuthority();
        await using var receiver = RawReceiver.Start(
            async connection =>
            {
                await connection.AnswerAsync(Ok);
                await connection.ReadRequestAsync();
            },
            authority.Certify("127.0.0.1"));
        using var rig = new EgressRig(roots: authority.Roots);

        await rig.SendAsync($"https://127.0.0.1:{receiver.Port}/");
        var exchange = await rig.SendAsync($"https://127.0.0.1:{receiver.Port}/");

        Assert.Equal((200, true), (exchange.Status, exchange.Resent));
    }
}
