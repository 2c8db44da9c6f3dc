using System.Text;
using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Emulators.Tests.Sdk;

/// <summary>What is sent comes out as it went in.</summary>
public sealed class MessageTests(MessageTests.Fixture queue) : IClassFixture<MessageTests.Fixture>
{
    static readonly DateTimeOffset Moment = new(2026, 4, 15, 9, 30, 0, 125, TimeSpan.Zero);

    public static TheoryData<string, object?> Properties => new()
    {
        { "bool", true },
        { "byte", (byte)200 },
        { "sbyte", (sbyte)-100 },
        { "short", short.MinValue },
        { "ushort", ushort.MaxValue },
        { "int", int.MinValue },
        { "uint", uint.MaxValue },
        { "long", long.MinValue },
        { "ulong", ulong.MaxValue },
        { "float", 1.5f },
        { "double", Math.PI },
        { "decimal", 12345.6789m },
        { "char", 'ä' },
        { "string", "Grüße" },
        { "empty", "" },
        { "guid", Guid.Parse("f81d4fae-7dec-11d0-a765-00a0c91e6bf6") },
        { "uri", new Uri("https://example.com/path?query=1") },
        { "date", Moment.UtcDateTime },
        { "offset", Moment },
        { "span", TimeSpan.FromMilliseconds(90_061_001) },
        { "null", null },
    };

    [Fact]
    public async Task Every_field_arrives()
    {
        var sent = new ServiceBusMessage("body")
        {
            MessageId = "id",
            Subject = "subject",
            CorrelationId = "correlation",
            ContentType = "text/plain",
            To = "to",
            ReplyTo = "reply-to",
            ReplyToSessionId = "reply-to-session",
            PartitionKey = "partition",
            TransactionPartitionKey = "transaction",
            TimeToLive = TimeSpan.FromHours(3),
            ApplicationProperties = { ["tenant"] = "t1" },
        };

        var got = await CarryAsync(sent);

        Assert.Equal(
            ("body", "id", "subject", "correlation", "text/plain"),
            (got.Body.ToString(), got.MessageId, got.Subject, got.CorrelationId, got.ContentType));
        Assert.Equal(
            ("to", "reply-to", "reply-to-session", "partition", "transaction"),
            (got.To, got.ReplyTo, got.ReplyToSessionId, got.PartitionKey, got.TransactionPartitionKey));
        Assert.Equal((TimeSpan.FromHours(3), "t1"), (got.TimeToLive, got.ApplicationProperties["tenant"]));
        Assert.Equal((1, ServiceBusMessageState.Active), (got.DeliveryCount, got.State));
        // The client counts from when it made the message, the queue from when it came.
        Assert.InRange(got.ExpiresAt, got.EnqueuedTime.AddMinutes(179), got.EnqueuedTime.AddMinutes(181));
        Assert.True(got.SequenceNumber > 0);
        Assert.True(got.LockedUntil > got.EnqueuedTime);
        Assert.NotEqual(Guid.Empty.ToString(), got.LockToken);
    }

    [Theory]
    [MemberData(nameof(Properties))]
    public async Task A_property_keeps_its_type_and_its_value(string name, object? value)
    {
        var sent = new ServiceBusMessage();
        sent.ApplicationProperties[name] = value!;

        var got = (await CarryAsync(sent)).ApplicationProperties[name];

        Assert.Equal(value, got);
        Assert.Equal(value?.GetType(), got?.GetType());
    }

    [Fact]
    public async Task A_property_of_bytes_is_kept()
    {
        var sent = new ServiceBusMessage { ApplicationProperties = { ["bytes"] = new byte[] { 0, 1, 255 } } };

        var got = (await CarryAsync(sent)).ApplicationProperties["bytes"];

        Assert.Equal([0, 1, 255], Assert.IsType<byte[]>(got));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Grüße, 世界")]
    public async Task A_body_of_bytes_is_kept(string text)
    {
        var got = await CarryAsync(new ServiceBusMessage(text));

        Assert.Equal(text, got.Body.ToString());
    }

    [Fact]
    public async Task A_body_in_several_sections_is_kept()
    {
        ReadOnlyMemory<byte>[] sections = [Encoding.UTF8.GetBytes("one"), Encoding.UTF8.GetBytes("two")];
        var sent = new ServiceBusMessage();
        sent.GetRawAmqpMessage().Body = AmqpMessageBody.FromData(sections);

        var got = await CarryAsync(sent);

        Assert.True(got.GetRawAmqpMessage().Body.TryGetData(out var data));
        Assert.Equal(["one", "two"], data!.Select(d => Encoding.UTF8.GetString(d.Span)));
    }

    [Fact]
    public async Task A_body_that_is_a_value_is_kept()
    {
        var sent = new ServiceBusMessage();
        sent.GetRawAmqpMessage().Body = AmqpMessageBody.FromValue(42);

        var got = await CarryAsync(sent);

        Assert.True(got.GetRawAmqpMessage().Body.TryGetValue(out var value));
        Assert.Equal(42, value);
    }

    async Task<ServiceBusReceivedMessage> CarryAsync(ServiceBusMessage message)
    {
        await queue.Sender.SendMessageAsync(message);
        var got = await queue.Receiver.NextAsync();
        await queue.Receiver.CompleteMessageAsync(got);
        return got;
    }

    /// <summary>One emulator and one connection for all of them: each leaves the queue empty.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        Emulator _emulator = null!;
        ServiceBusClient _client = null!;

        public ServiceBusSender Sender { get; private set; } = null!;

        public ServiceBusReceiver Receiver { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            _emulator = await Emulator.StartAsync();
            _client = _emulator.Client();
            Sender = _client.CreateSender(Emulator.Queue);
            Receiver = _client.CreateReceiver(Emulator.Queue);
        }

        public async Task DisposeAsync()
        {
            await _client.DisposeAsync();
            await _emulator.DisposeAsync();
        }
    }
}
