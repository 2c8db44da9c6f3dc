using System.Net;
using System.Net.Sockets;
using Atrium.Functions.Egress;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Extensions.Logging;

namespace Atrium.Functions.Tests.Egress;

public sealed class EgressClientConnectionTests
{
    const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    const string OkAndClose = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";

    public static TheoryData<string> Blocked => [.. SsrfCorpus.Instance.Blocked];

    [Theory]
    [MemberData(nameof(Blocked))]
    public async Task Sends_nothing_to_a_name_with_a_blocked_address(string address)
    {
        var dns = new FakeDns([address]);
        using var rig = new EgressRig(new(), dns.ResolveAsync);

        var exchange = await rig.SendAsync("https://hook.example.com/?key=s3cret");

        Assert.Equal(
            (null, ErrorClass.Blocked, FailureCause.AddressNotPublic),
            (exchange.Status, exchange.Error, exchange.Cause));
        Assert.Equal(AddressRule.DeniedBy(IPAddress.Parse(address), allowLoopback: false), exchange.BlockedRule);
        Assert.Equal(AddressRule.Plain(IPAddress.Parse(address)), exchange.RemoteAddress);
        Assert.Equal(Explanation.Blocked("hook.example.com"), exchange.Explanation);
        Assert.Null(exchange.Timings.Connect);
    }

    [Theory]
    [InlineData("127.0.0.1", "10.0.0.1")]
    [InlineData("10.0.0.1", "127.0.0.1")]
    [InlineData("127.0.0.1", "::ffff:169.254.169.254")]
    [InlineData("127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1", "fd00::1")]
    public async Task Sends_nothing_to_a_name_with_allowed_and_blocked_addresses(params string[] addresses)
    {
        await using var receiver = RawReceiver.Answering(Ok);
        using var rig = new EgressRig(resolve: new FakeDns(addresses).ResolveAsync);

        var exchange = await rig.SendAsync($"http://mixed.localhost:{receiver.Port}/");

        Assert.Equal(ErrorClass.Blocked, exchange.Error);
        Assert.Equal(0, receiver.Connections);
    }

    [Fact]
    public async Task Asks_once_a_connection_so_that_a_second_answer_cannot_differ_from_the_judged_one()
    {
        await using var receiver = RawReceiver.Answering(OkAndClose);
        var dns = new FakeDns(["127.0.0.1"], ["10.0.0.1"]);
        using var rig = new EgressRig(resolve: dns.ResolveAsync);

        var first = await rig.SendAsync($"http://rebind.localhost:{receiver.Port}/");
        Assert.Equal(["rebind.localhost"], dns.Asked);
        var second = await rig.SendAsync($"http://rebind.localhost:{receiver.Port}/");

        Assert.True(first.Succeeded);
        Assert.Equal((ErrorClass.Blocked, "10.0.0.0/8 (private)"), (second.Error, second.BlockedRule));
        Assert.Equal(1, receiver.Connections);
    }

    [Fact]
    public async Task Judges_the_URL_again_by_the_settings_of_the_moment()
    {
        var dns = new FakeDns(["127.0.0.1"]);
        using var rig = new EgressRig(new(), dns.ResolveAsync);

        var port = await rig.SendAsync("https://example.com:9443/?key=s3cret");
        var literal = await rig.SendAsync("https://169.254.169.254/?key=s3cret");

        Assert.Equal((ErrorClass.Blocked, null, null), (port.Error, port.Cause, port.BlockedRule));
        Assert.Contains("use 443 or 8443", port.Explanation, StringComparison.Ordinal);
        Assert.Equal(
            (ErrorClass.Blocked, FailureCause.AddressNotPublic, "169.254.0.0/16 (link-local and instance metadata)"),
            (literal.Error, literal.Cause, literal.BlockedRule));
        Assert.Empty(dns.Asked);
    }

    [Fact]
    public async Task Tells_operators_what_it_blocked_and_logs_no_path()
    {
        using var rig = new EgressRig(new(), new FakeDns(["10.1.2.3"]).ResolveAsync);

        await rig.SendAsync("https://hook.example.com/s3cret?key=s3cret");
        await rig.SendAsync("https://10.1.2.3/s3cret?key=s3cret");

        Assert.Equal(
            [
                "Sent nothing to https://hook.example.com: it resolves to 10.1.2.3, which the rule 10.0.0.0/8 "
                    + "(private) denies.",
                "Sent nothing: a subscription's URL is no longer allowed (10.0.0.0/8 (private)). Its admin "
                    + "has to change it.",
            ],
            rig.Logger.Lines);
        Assert.All(rig.Logger.Collector.GetSnapshot(), line => Assert.Equal(LogLevel.Warning, line.Level));
    }

    [Fact]
    public async Task Says_dns_when_there_is_no_address()
    {
        using var rig = new EgressRig(new(), new FakeDns([[]]).ResolveAsync);

        var exchange = await rig.SendAsync("https://hook.example.com/");

        Assert.Equal((ErrorClass.Dns, FailureCause.NameNotFound), (exchange.Error, exchange.Cause));
        Assert.Contains("hook.example.com could not be resolved", exchange.Explanation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, nameof(FailureCause.NameNotFound), "could not be resolved")]
    [InlineData(SocketError.NoData, nameof(FailureCause.NameNotFound), "could not be resolved")]
    [InlineData(SocketError.TryAgain, nameof(FailureCause.NameServersSilent), "did not answer")]
    public async Task Says_dns_when_the_resolver_fails(SocketError error, string cause, string sentence)
    {
        using var rig = new EgressRig(
            new(), (_, _) => Task.FromException<IPAddress[]>(new SocketException((int)error)));

        var exchange = await rig.SendAsync("https://hook.example.com/");

        Assert.Equal((ErrorClass.Dns, cause), (exchange.Error, exchange.Cause.ToString()));
        Assert.Contains(sentence, exchange.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Uses_the_system_s_resolver_unless_told_otherwise()
    {
        await using var receiver = RawReceiver.Answering(Ok);
        using var rig = new EgressRig();

        var exchange = await rig.SendAsync($"http://localhost:{receiver.Port}/");

        Assert.True(exchange.Succeeded);
        Assert.Equal(IPAddress.Loopback, exchange.RemoteAddress);
    }

    [Fact]
    public async Task Tries_the_next_address_when_one_fails()
    {
        await using var receiver = RawReceiver.Answering(Ok);
        using var rig = new EgressRig(resolve: new FakeDns(["::1", "127.0.0.1"]).ResolveAsync);

        var exchange = await rig.SendAsync($"http://two.localhost:{receiver.Port}/");

        Assert.True(exchange.Succeeded);
        Assert.Equal(IPAddress.Loopback, exchange.RemoteAddress);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(AddressOrder.MaxTried)]
    public async Task Tries_every_address_until_one_takes_the_connection(int addresses)
    {
        await using var receiver = RawReceiver.Answering(Ok);
        var refusing = Enumerable.Range(2, addresses - 1).Select(last => $"127.0.0.{last}");
        using var rig = new EgressRig(resolve: new FakeDns([.. refusing, "127.0.0.1"]).ResolveAsync);

        var exchange = await rig.SendAsync($"http://many.localhost:{receiver.Port}/");

        Assert.True(exchange.Succeeded);
        Assert.Equal(IPAddress.Loopback, exchange.RemoteAddress);
    }

    [Fact]
    public async Task Says_what_the_last_address_did_when_none_takes_the_connection()
    {
        await using var receiver = RawReceiver.Answering(Ok);
        string[] addresses = [.. Enumerable.Range(2, 6).Select(last => $"127.0.0.{last}")];
        using var rig = new EgressRig(resolve: new FakeDns(addresses).ResolveAsync);

        var exchange = await rig.SendAsync($"http://none.localhost:{receiver.Port}/");

        Assert.Equal((ErrorClass.Refused, IPAddress.Parse("127.0.0.7")), (exchange.Error, exchange.RemoteAddress));
    }

    [Fact]
    public async Task Gives_the_next_address_its_turn_while_one_is_silent()
    {
        await using var receiver = RawReceiver.Answering(Ok);
        using var silent = new SilentListener("127.0.0.2", receiver.Port);
        using var rig = new EgressRig(resolve: new FakeDns(["127.0.0.2", "127.0.0.1"]).ResolveAsync);

        var sending = rig.SendAsync($"http://slow.localhost:{receiver.Port}/");
        await rig.Time.TimerOf(AddressRace.Delay);
        rig.Time.Advance(AddressRace.Delay);
        var exchange = await sending;

        Assert.Equal((200, IPAddress.Loopback), (exchange.Status, exchange.RemoteAddress));
        Assert.Equal(AddressRace.Delay.TotalMilliseconds, exchange.Timings.Connect);
    }

    [Fact]
    public async Task Says_timeout_and_the_address_tried_last_when_all_are_silent()
    {
        await using var receiver = RawReceiver.Answering(Ok);
        using var first = new SilentListener("127.0.0.2", receiver.Port);
        using var last = new SilentListener("127.0.0.3", receiver.Port);
        using var rig = new EgressRig(resolve: new FakeDns(["127.0.0.2", "127.0.0.3"]).ResolveAsync);

        var sending = rig.SendAsync($"http://silent.localhost:{receiver.Port}/");
        await rig.Time.TimerOf(AddressRace.Delay);
        rig.Time.Advance(AddressRace.Delay);
        await rig.Time.TimerOf(AddressRace.Delay, number: 2);
        rig.Time.Advance(rig.Options.ConnectTimeout - AddressRace.Delay);
        var exchange = await sending;

        Assert.Equal(
            (ErrorClass.Timeout, FailureCause.ConnectTimeout, IPAddress.Parse("127.0.0.3")),
            (exchange.Error, exchange.Cause, exchange.RemoteAddress));
        Assert.Contains("did not take the connection within 5 s", exchange.Explanation, StringComparison.Ordinal);
        Assert.Equal(rig.Options.ConnectTimeout.TotalMilliseconds, exchange.Timings.Total);
    }

    [Fact]
    public async Task Connects_to_a_mapped_address_as_the_IPv4_address_that_was_judged()
    {
        await using var receiver = RawReceiver.Answering(Ok);
        using var rig = new EgressRig(resolve: new FakeDns(["::ffff:127.0.0.1"]).ResolveAsync);

        var exchange = await rig.SendAsync($"http://mapped.localhost:{receiver.Port}/");

        Assert.True(exchange.Succeeded);
        Assert.Equal(IPAddress.Loopback, exchange.RemoteAddress);
    }

    [Fact]
    public async Task Has_timings_of_a_connection_it_opened_and_none_of_one_it_used_again()
    {
        await using var receiver = RawReceiver.Answering(Ok);
        var dns = new FakeDns(["127.0.0.1"]);
        WatchedTime? time = null;
        using var rig = new EgressRig(resolve: (host, token) =>
        {
            time!.Advance(TimeSpan.FromMilliseconds(30));
            return dns.ResolveAsync(host, token);
        });
        time = rig.Time;

        var opened = (await rig.SendAsync($"http://crm.localhost:{receiver.Port}/")).Timings;
        var reused = await rig.SendAsync($"http://crm.localhost:{receiver.Port}/");

        Assert.Equal(1, receiver.Connections);
        Assert.Equal(new ExchangeTimings(30, 0, null, 30, 30), opened);
        Assert.Equal(new ExchangeTimings(null, null, null, 0, 0), reused.Timings);
        Assert.Null(reused.RemoteAddress);
    }

    [Fact]
    public async Task Says_nothing_of_a_connection_that_it_asked_for_and_did_not_use()
    {
        var (asked, answer, arrived) =
            (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.ReadRequestAsync();
            await answer.Task;
            await connection.WriteAsync(Ok);
            await connection.ReadRequestAsync();
            arrived.SetResult();
            await connection.UntilClosedAsync();
        });
        var lookUps = 0;
        using var rig = new EgressRig(resolve: (_, _) =>
        {
            if (++lookUps == 1)
            {
                return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
            }

            asked.SetResult();
            return new TaskCompletionSource<IPAddress[]>().Task;
        });
        var url = $"http://crm.localhost:{receiver.Port}/";
        var first = rig.SendAsync(url);
        var second = rig.SendAsync(url);
        await asked.Task.Soon();
        answer.SetResult();
        await arrived.Task.Soon();

        rig.Time.Advance(rig.Options.Timeout);
        var exchange = (await Task.WhenAll(first, second)).Single(exchange => !exchange.Succeeded);

        Assert.Equal(ErrorClass.Timeout, exchange.Error);
        Assert.Equal(
            Explanation.TimedOut("crm.localhost", ConnectionPhase.None, rig.Options.Timeout), exchange.Explanation);
        Assert.Equal(
            new ExchangeTimings(null, null, null, null, rig.Options.Timeout.TotalMilliseconds), exchange.Timings);
    }
}
