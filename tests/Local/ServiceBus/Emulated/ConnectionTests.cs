using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Azure.Messaging.ServiceBus.Tests.Wire;

namespace Azure.Messaging.ServiceBus.Tests.Emulated;

public sealed class ConnectionTests
{
    static readonly ServiceBusRetryOptions Quick = new() { Delay = TimeSpan.FromMilliseconds(50), MaxRetries = 20, MaxDelay = TimeSpan.FromMilliseconds(200) };

    [Fact]
    public async Task Senders_and_receivers_go_on_after_the_broker_was_restarted()
    {
        await using var emulator = await Emulator.StartAsync();
        await using var client = emulator.Client(Quick);
        var sender = client.CreateSender(Emulator.Queue);
        var receiver = client.CreateReceiver(Emulator.Queue);
        await sender.SendMessagesAsync(Messages.Numbered(2));
        var before = await receiver.NextAsync();

        await emulator.StopAsync();
        var send = sender.SendMessageAsync(new ServiceBusMessage { MessageId = "after" });
        await emulator.StartAgainAsync();
        await send;

        Assert.Equal(ServiceBusFailureReason.MessageLockLost, await Messages.ReasonOf(() => receiver.CompleteMessageAsync(before)));
        List<string?> got = [];
        while (!got.Contains("after"))
        {
            var message = await receiver.NextAsync();
            got.Add(message.MessageId);
            await receiver.CompleteMessageAsync(message);
        }

        Assert.Equal(["0", "1", "after"], got);
    }

    [Fact]
    public async Task A_call_that_waits_while_the_connection_breaks_gets_its_message()
    {
        await using var emulator = await Emulator.StartAsync();
        await using var relay = new Relay(emulator.Port);
        await using var client = Through(relay, emulator);
        await using var direct = emulator.Client();
        var receiver = client.CreateReceiver(Emulator.Queue);
        Assert.Null(await receiver.ReceiveMessageAsync(Messages.Short));

        var receive = receiver.NextAsync();
        relay.Cut();
        await direct.CreateSender(Emulator.Queue).SendMessageAsync(new ServiceBusMessage("body"));

        Assert.Equal("body", (await receive).Body.ToString());
    }

    [Fact]
    public async Task A_message_can_be_settled_after_its_link_broke()
    {
        await using var emulator = await Emulator.StartAsync();
        await using var relay = new Relay(emulator.Port);
        await using var client = Through(relay, emulator);
        await client.CreateSender(Emulator.Queue).SendMessagesAsync(Messages.Numbered(3));
        var receiver = client.CreateReceiver(Emulator.Queue);
        List<ServiceBusReceivedMessage> messages = [];
        while (messages.Count < 3) messages.AddRange(await receiver.ReceiveMessagesAsync(3, Messages.Long));

        relay.Cut();
        await receiver.CompleteMessageAsync(messages[0]);
        await receiver.DeadLetterMessageAsync(messages[1], "Broken", "words");
        await receiver.AbandonMessageAsync(messages[2]);

        Assert.Equal(("2", 2), await receiver.NextAsync() is var again ? (again.MessageId, again.DeliveryCount) : default);
        var dead = await client.CreateReceiver(Emulator.Queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter }).NextAsync();
        Assert.Equal(("1", "Broken", "words"), (dead.MessageId, dead.DeadLetterReason, dead.DeadLetterErrorDescription));
    }

    [Fact]
    public async Task One_client_has_one_connection()
    {
        await using var emulator = await Emulator.StartAsync();
        await using var relay = new Relay(emulator.Port);
        await using var client = Through(relay, emulator);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await client.CreateSender(Emulator.Queue).SendMessageAsync(new ServiceBusMessage());
            await client.CreateReceiver(Emulator.Queue).PeekMessageAsync();
        }));
        Assert.Equal(1, relay.Connections);
    }

    [Fact]
    public async Task No_broker_at_all_is_a_communication_problem_after_all_tries()
    {
        await using var emulator = await Emulator.StartAsync();
        await using var client = emulator.Client(new ServiceBusRetryOptions { MaxRetries = 2, Delay = TimeSpan.FromMilliseconds(1) });
        await emulator.StopAsync();
        var failure = await Assert.ThrowsAsync<ServiceBusException>(() => client.CreateSender(Emulator.Queue).SendMessageAsync(new ServiceBusMessage()));
        Assert.Equal((ServiceBusFailureReason.ServiceCommunicationProblem, true), (failure.Reason, failure.IsTransient));
        Assert.IsType<SocketException>(failure.InnerException);
    }

    [Fact]
    public async Task A_broker_that_never_answers_times_out()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var client = Silent(silent, new ServiceBusRetryOptions { MaxRetries = 0, TryTimeout = TimeSpan.FromMilliseconds(200) });
        Assert.Equal(ServiceBusFailureReason.ServiceTimeout, await Messages.ReasonOf(() => client.CreateSender("q").SendMessageAsync(new ServiceBusMessage())));
        Assert.Equal(ServiceBusFailureReason.ServiceTimeout, await Messages.ReasonOf(() => client.CreateReceiver("q").ReceiveMessageAsync()));
        Assert.Equal(ServiceBusFailureReason.ServiceTimeout, await Messages.ReasonOf(() => client.CreateReceiver("q").PeekMessageAsync()));
    }

    [Fact]
    public async Task A_broker_that_never_answers_can_be_given_up_on_at_any_time()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var client = Silent(silent, new ServiceBusRetryOptions());
        using var enough = new CancellationTokenSource();
        var calls = new Task[]
        {
            client.CreateSender("q").SendMessageAsync(new ServiceBusMessage(), enough.Token),
            client.CreateSender("q").CreateMessageBatchAsync(enough.Token).AsTask(),
            client.CreateReceiver("q").ReceiveMessageAsync(null, enough.Token),
            client.CreateReceiver("q").PeekMessageAsync(null, enough.Token),
        };
        await enough.CancelAsync();
        foreach (var call in calls) await Assert.ThrowsAsync<TaskCanceledException>(() => call.WaitAsync(Messages.Long));
    }

    [Fact]
    public async Task With_a_credential_the_connection_is_encrypted_and_the_certificate_judged()
    {
        await using var emulator = await Emulator.StartAsync();
        using var certificate = SelfSigned();
        await using var relay = new Relay(emulator.Port, certificate);
        var credential = new FakeCredential(TimeProvider.System.GetUtcNow().AddHours(1));
        X509Certificate? shown = null;
        RemoteCertificateValidationCallback judge = (_, found, _, _) =>
        {
            shown = found;
            return found?.GetCertHashString() == certificate.GetCertHashString();
        };
        await using var client = new ServiceBusClient(
            "name.servicebus.windows.net",
            credential,
            new ServiceBusClientOptions { CustomEndpointAddress = new Uri($"sb://localhost:{relay.Port}"), CertificateValidationCallback = judge });

        await client.CreateSender(Emulator.Queue).SendMessageAsync(new ServiceBusMessage("secret"));

        Assert.Equal("secret", (await client.CreateReceiver(Emulator.Queue).NextAsync()).Body.ToString());
        Assert.Equal(certificate.GetCertHashString(), shown!.GetCertHashString());
        Assert.Equal(["https://servicebus.azure.net/.default"], credential.Scopes);
    }

    [Fact]
    public async Task A_certificate_that_no_one_vouches_for_is_refused()
    {
        await using var emulator = await Emulator.StartAsync();
        using var certificate = SelfSigned();
        await using var relay = new Relay(emulator.Port, certificate);
        await using var client = new ServiceBusClient(
            "name.servicebus.windows.net",
            new AzureNamedKeyCredential("name", "key"),
            new ServiceBusClientOptions { CustomEndpointAddress = new Uri($"sb://localhost:{relay.Port}") });
        await Assert.ThrowsAsync<System.Security.Authentication.AuthenticationException>(
            () => client.CreateSender(Emulator.Queue).SendMessageAsync(new ServiceBusMessage()));
    }

    static ServiceBusClient Through(Relay relay, Emulator emulator) => new(
        emulator.ConnectionString,
        new ServiceBusClientOptions { CustomEndpointAddress = new Uri($"sb://127.0.0.1:{relay.Port}"), RetryOptions = Quick });

    static ServiceBusClient Silent(TcpListener listener, ServiceBusRetryOptions retries) => new(
        $"Endpoint=sb://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port};SharedAccessKeyName=k;SharedAccessKey=v;UseDevelopmentEmulator=true",
        new ServiceBusClientOptions { RetryOptions = retries });

    static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=relay", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
