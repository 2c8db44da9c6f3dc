using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Core;
using Microsoft.Azure.ServiceBus.Grpc;

namespace Atrium.Local.Worker.Extensions.ServiceBus.Tests;

public sealed class ConverterTests
{
    static readonly Guid Token = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff");
    static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 30, 0, 250, TimeSpan.Zero);

    static readonly Dictionary<string, object> Properties = new()
    {
        ["int"] = 7,
        ["long"] = 8L,
        ["bool"] = true,
        ["text"] = "Grüße",
        ["double"] = 1.5d,
        ["decimal"] = 2.5m,
        ["guid"] = Token,
        ["char"] = 'x',
        ["utc"] = Time.UtcDateTime,
        ["time"] = Time,
        ["span"] = TimeSpan.FromMinutes(3),
        ["uri"] = new Uri("https://example.org/x"),
    };

    static readonly Comparer<KeyValuePair<string, object>> ByName =
        Comparer<KeyValuePair<string, object>>.Create((one, other) => string.CompareOrdinal(one.Key, other.Key));

    static ServiceBusReceivedMessage Sent { get; } = ServiceBusModelFactory.ServiceBusReceivedMessage(
        body: BinaryData.FromString("the body"),
        messageId: "m-1",
        partitionKey: "p",
        correlationId: "c",
        subject: "s",
        to: "to",
        contentType: "application/json",
        replyTo: "r",
        replyToSessionId: "rs",
        timeToLive: TimeSpan.FromHours(5),
        scheduledEnqueueTime: Time.AddMinutes(1),
        properties: Properties,
        deliveryCount: 4,
        lockedUntil: Time.AddSeconds(30),
        sequenceNumber: 12345678901,
        enqueuedSequenceNumber: 42,
        enqueuedTime: Time,
        deadLetterSource: "q");

    [Fact]
    public async Task The_lock_token_comes_first_in_the_order_of_NETs_own_bytes()
    {
        var message = await MessageAsync(Sent);
        Assert.Equal(Token.ToString(), message.LockToken);
        Assert.Equal(new byte[] { 0x33, 0x22, 0x11, 0x00 }, Bytes(Sent)[..4]);
    }

    [Fact]
    public async Task All_that_the_broker_and_the_sender_wrote_survives()
    {
        var message = await MessageAsync(Sent);
        Assert.Equal(Told(Sent), Told(message));
        Assert.Equal("the body", message.Body.ToString());
    }

    [Fact]
    public async Task Properties_keep_their_types()
    {
        var message = await MessageAsync(Sent);
        Assert.Equal(Properties.Order(ByName), message.ApplicationProperties.Order(ByName));
        Assert.All(
            message.ApplicationProperties,
            property => Assert.IsType(Properties[property.Key].GetType(), property.Value, exactMatch: false));
    }

    [Fact]
    public async Task Several_messages_come_as_an_array()
    {
        var other = ServiceBusModelFactory.ServiceBusReceivedMessage(messageId: "m-2");
        var result = await ConvertAsync(
            new Conversion.ManyData(new Conversion.Data(Bytes(Sent)), new Conversion.Data(Bytes(other))));
        var messages = Assert.IsType<ServiceBusReceivedMessage[]>(result.Value);
        Assert.Equal(["m-1", "m-2"], messages.Select(message => message.MessageId));
    }

    [Fact]
    public async Task What_is_not_the_hosts_data_is_left_to_other_converters() =>
        Assert.Equal(ConversionStatus.Unhandled, (await ConvertAsync("text")).Status);

    [Fact]
    public async Task What_is_no_message_fails_and_throws_nothing()
    {
        ModelBindingData[] broken =
        [
            new Conversion.Data(Bytes(Sent), source: "AzureStorageBlobs"),
            new Conversion.Data(Bytes(Sent), contentType: "application/json"),
            new Conversion.Data([]),
            new Conversion.Data(new byte[15]),
            new Conversion.Data([.. Token.ToByteArray(), 1, 2, 3]),
            new Conversion.Data([.. Bytes(Sent)[..40]]),
        ];
        foreach (var data in broken)
        {
            Assert.Equal(ConversionStatus.Failed, (await ConvertAsync(data)).Status);
        }
    }

    [Fact]
    public async Task A_function_gets_actions_that_reach_the_host()
    {
        var host = new RecordingInvoker();
        var converter = new ServiceBusMessageActionsConverter(new Settlement.SettlementClient(host));
        var actions = Assert.IsType<ServiceBusMessageActions>(
            (await converter.ConvertAsync(new Conversion(typeof(ServiceBusMessageActions)))).Value);
        await actions.CompleteMessageAsync(Sent);
        Assert.Equal("/Settlement/Complete", Assert.Single(host.Calls).Path);
        Assert.Equal(ConversionStatus.Unhandled, (await converter.ConvertAsync(new Conversion(typeof(string)))).Status);
    }

    static byte[] Bytes(ServiceBusReceivedMessage message) =>
        [.. Token.ToByteArray(), .. message.GetRawAmqpMessage().ToBytes().ToArray()];

    static async Task<ServiceBusReceivedMessage> MessageAsync(ServiceBusReceivedMessage sent) =>
        Assert.IsType<ServiceBusReceivedMessage>((await ConvertAsync(new Conversion.Data(Bytes(sent)))).Value);

    static ValueTask<ConversionResult> ConvertAsync(object source) =>
        new ServiceBusReceivedMessageConverter().ConvertAsync(
            new Conversion(typeof(ServiceBusReceivedMessage), source));

    static object[] Told(ServiceBusReceivedMessage message) =>
    [
        message.MessageId, message.PartitionKey, message.CorrelationId, message.Subject, message.To,
        message.ContentType, message.ReplyTo, message.ReplyToSessionId, message.TimeToLive,
        message.ScheduledEnqueueTime, message.DeliveryCount, message.LockedUntil, message.SequenceNumber,
        message.EnqueuedSequenceNumber, message.EnqueuedTime, message.DeadLetterSource, message.State,
    ];
}
