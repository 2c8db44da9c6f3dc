using Amqp;

namespace Atrium.Local.Emulators.Tests.ServiceBus.Wire;

public sealed class ClaimTests : IAsyncLifetime
{
    const string Queue = "deliveries";
    const string Root = "sb://localhost/";

    RunningEmulator _emulator = null!;
    AmqpPeer _peer = null!;

    public async Task InitializeAsync()
    {
        _emulator = await RunningEmulator.StartAsync();
        _peer = await AmqpPeer.ConnectAsStrangerAsync(_emulator.Emulator.Port);
    }

    public async Task DisposeAsync()
    {
        await _peer.DisposeAsync();
        await _emulator.DisposeAsync();
    }

    [Theory]
    [InlineData(Root, Queue)]
    [InlineData(Root + "DELIVERIES", Queue)]
    [InlineData(Root + Queue, Queue)]
    [InlineData("amqps://elsewhere:5671/" + Queue, Queue)]
    public async Task A_token_for_the_namespace_or_the_queue_lets_in(string resource, string queue)
    {
        var audience = Root + queue;

        Assert.Equal(202, (await _peer.PutTokenAsync(audience, SharedAccessSignature.Create(resource))).Code);

        await _peer.SendAsync(queue, AmqpPeer.Text("body"));
        Assert.Single(await _peer.PeekAsync(queue));
    }

    [Theory]
    [InlineData("another key", SharedAccessSignature.KeyName, Root, "InvalidSignature")]
    [InlineData(SharedAccessSignature.Key, "AnotherName", Root, "InvalidSignature")]
    [InlineData(SharedAccessSignature.Key, SharedAccessSignature.KeyName, Root + "visitor-events", "InvalidAudience")]
    [InlineData(SharedAccessSignature.Key, SharedAccessSignature.KeyName, Root + "deliv", "InvalidAudience")]
    public async Task A_token_of_another_key_or_for_something_else_is_refused(
        string key, string name, string resource, string reason)
    {
        var token = SharedAccessSignature.Create(resource, key, name);

        var (code, description) = await _peer.PutTokenAsync(Root + Queue, token);

        Assert.Equal(401, code);
        Assert.StartsWith(reason, description, StringComparison.Ordinal);
        await ShutOutAsync();
    }

    [Fact]
    public async Task A_token_that_has_expired_is_refused()
    {
        var token = SharedAccessSignature.Create(Root, expires: _emulator.Time.GetUtcNow());

        var (code, description) = await _peer.PutTokenAsync(Root, token);

        Assert.Equal(401, code);
        Assert.StartsWith("ExpiredToken", description, StringComparison.Ordinal);
        await ShutOutAsync();
    }

    [Fact]
    public async Task A_token_lets_nobody_in_after_its_end()
    {
        var token = SharedAccessSignature.Create(Root, expires: _emulator.Time.GetUtcNow().AddMinutes(1));
        Assert.Equal(202, (await _peer.PutTokenAsync(Root, token)).Code);
        await _peer.SendAsync(Queue, AmqpPeer.Text("body"));

        _emulator.Time.Advance(TimeSpan.FromMinutes(1));

        await Assert.ThrowsAnyAsync<Exception>(() => _peer.ReceiveAsync(Queue));
    }

    [Theory]
    [InlineData("")]
    [InlineData("SharedAccessSignature ")]
    [InlineData("SharedAccessSignature sr=a&sig=b&se=never&skn=c")]
    [InlineData("SharedAccessSignature sr=a&sig=b&se=99999999999999999&skn=c")]
    [InlineData("Bearer token")]
    public async Task What_is_no_token_is_refused(string token)
    {
        Assert.Equal(401, (await _peer.PutTokenAsync(Root, token)).Code);
        await ShutOutAsync();
    }

    [Fact]
    public async Task A_token_of_Entra_ID_is_refused_with_what_to_do()
    {
        var (code, description) = await _peer.PutTokenAsync(Root, SharedAccessSignature.Create(Root), type: "jwt");

        Assert.Equal(401, code);
        Assert.Contains("connection string", description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Queue)]
    [InlineData("unknown")]
    [InlineData(Queue + "/$management")]
    public async Task Without_a_token_no_link_is_attached_and_nobody_learns_what_is_there(string address)
    {
        var refused = await Assert.ThrowsAsync<AmqpException>(() => _peer.SendAsync(address, AmqpPeer.Text("body")));

        Assert.Equal(ErrorCode.UnauthorizedAccess, refused.Error.Condition);
    }

    async Task ShutOutAsync()
    {
        var refused = await Assert.ThrowsAsync<AmqpException>(() => _peer.SendAsync(Queue, AmqpPeer.Text("body")));
        Assert.Equal(ErrorCode.UnauthorizedAccess, refused.Error.Condition);
    }
}
