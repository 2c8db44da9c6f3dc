using Atrium.Functions.Egress;

namespace Atrium.Functions.Tests.Egress;

public sealed class EgressClientTlsTests : IDisposable
{
    const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    readonly TestAuthority authority = new();

    [Theory]
    [InlineData("crm.localhost")]
    [InlineData("127.0.0.1")]
    public async Task Delivers_over_TLS_to_a_host_with_a_trusted_certificate_for_its_name(string host)
    {
        await using var receiver = RawReceiver.Answering(Ok, authority.Certify(host));
        using var rig = Rig();

        var exchange = await rig.SendAsync($"https://{host}:{receiver.Port}/");
        var again = await rig.SendAsync($"https://{host}:{receiver.Port}/");

        Assert.True(exchange.Succeeded);
        Assert.NotNull(exchange.Timings.Tls);
        Assert.Null(again.Timings.Tls);
        Assert.Equal((1, 2), (receiver.Connections, receiver.Requests.Count));
    }

    [Fact]
    public async Task Sends_nothing_to_an_untrusted_certificate()
    {
        using var stranger = new TestAuthority();
        await using var receiver = RawReceiver.Answering(Ok, stranger.Certify("crm.localhost"));

        await AssertTlsAsync(receiver, FailureCause.CertificateUntrusted, "crm.localhost is not trusted");
    }

    [Fact]
    public async Task Trusts_what_the_machine_trusts_when_told_nothing_else()
    {
        await using var receiver = RawReceiver.Answering(Ok, authority.Certify("crm.localhost"));
        using var rig = new EgressRig(resolve: new FakeDns(["127.0.0.1"]).ResolveAsync);

        var exchange = await rig.SendAsync($"https://crm.localhost:{receiver.Port}/");

        Assert.Equal(ErrorClass.Tls, exchange.Error);
        Assert.Contains("is not trusted", exchange.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sends_nothing_to_a_certificate_for_another_name()
    {
        await using var receiver = RawReceiver.Answering(Ok, authority.Certify("other.localhost"));

        await AssertTlsAsync(receiver, FailureCause.CertificateName, "for another name than crm.localhost");
    }

    [Fact]
    public async Task Sends_nothing_to_an_expired_certificate()
    {
        await using var receiver = RawReceiver.Answering(Ok, authority.Certify("crm.localhost", expired: true));

        await AssertTlsAsync(receiver, FailureCause.CertificateTime, "has expired");
    }

    [Fact]
    public async Task Sends_nothing_to_a_port_that_does_not_speak_TLS()
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.WriteAsync("HTTP/1.1 400 The plain HTTP request was sent to HTTPS port\r\n\r\n");
            await connection.UntilClosedAsync();
        });

        await AssertTlsAsync(receiver, FailureCause.NoTls, "did not agree on TLS");
    }

    [Fact]
    public async Task Says_tls_when_the_handshake_is_broken_off()
    {
        await using var receiver = RawReceiver.Start(async connection =>
        {
            await connection.Stream.ReadExactlyAsync(new byte[1]);
            connection.Reset();
        });

        await AssertTlsAsync(receiver, FailureCause.NoTls, "did not agree on TLS");
    }

    [Fact]
    public async Task Names_HTTP_2_where_the_handshake_fails_over_it()
    {
        await using var receiver = RawReceiver.OfHttp2(authority.Certify("crm.localhost"));

        await AssertTlsAsync(receiver, FailureCause.Http2Only, "speaks HTTP/2 only");
    }

    [Fact]
    public async Task Fetches_nothing_from_where_a_certificate_says()
    {
        // A receiver that lacks its intermediate certificate, and says where to get it: by a request of ours, past the
        // rule for addresses.
        await using var trap = RawReceiver.Start(async connection =>
        {
            var issuer = authority.Intermediate;
            await connection.WriteAsync(
                $"HTTP/1.1 200 OK\r\nContent-Type: application/pkix-cert\r\nContent-Length: {issuer.Length}\r\n\r\n");
            await connection.WriteAsync(issuer);
            await connection.UntilClosedAsync();
        });
        await using var receiver = RawReceiver.Answering(
            Ok, authority.Certify("crm.localhost", issuerUrl: $"http://127.0.0.1:{trap.Port}/issuer.cer"));

        await AssertTlsAsync(
            receiver, FailureCause.CertificateUntrusted, "its intermediate certificates are not sent along");

        Assert.Equal(0, trap.Connections);
    }

    public void Dispose() => authority.Dispose();

    EgressRig Rig() => new(resolve: new FakeDns(["127.0.0.1"]).ResolveAsync, roots: authority.Roots);

    async Task AssertTlsAsync(RawReceiver receiver, FailureCause cause, string sentence)
    {
        using var rig = Rig();
        var exchange = await rig.SendAsync($"https://crm.localhost:{receiver.Port}/");
        Assert.Equal((null, ErrorClass.Tls, cause), (exchange.Status, exchange.Error, exchange.Cause));
        Assert.Contains(sentence, exchange.Explanation, StringComparison.Ordinal);
        Assert.Empty(receiver.Requests);
    }
}
