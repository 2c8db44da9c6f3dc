using Atrium.Local.Host.Tests.Support;
using Atrium.Local.SampleApp;
using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Host.Tests.ServiceBus;

/// <summary>What functions do to their messages, and what becomes of it in the queue.</summary>
[Collection(nameof(SharedHost))]
public sealed class SettlementTests(SharedHost shared)
{
    RunningHost Host => shared.Host;

    [Fact]
    public async Task What_is_completed_is_gone_and_a_lock_may_be_renewed_before()
    {
        await Host.SendAsync(Queues.Manual, "completed", "renew complete");
        await Host.Process.LineAsync("completed did renew");
        await Host.Process.LineAsync("completed did complete");
        Assert.Empty(await PeekAsync(Queues.Manual, "completed"));
    }

    [Fact]
    public async Task What_is_abandoned_comes_again_at_once_with_its_properties()
    {
        await Host.SendAsync(Queues.Manual, "abandoned", "abandon|abandon-with|dead-letter");
        await Host.Process.LineAsync("abandoned began, delivery 3");
        AssertEveryType(await DeadLetterAsync(Queues.Manual, "abandoned"));
    }

    [Fact]
    public async Task A_dead_letter_has_reason_description_and_properties()
    {
        await Host.SendAsync(Queues.Manual, "dead-plain", "dead-letter");
        var plain = await DeadLetterAsync(Queues.Manual, "dead-plain");
        Assert.Equal((null, null), (plain.DeadLetterReason, plain.DeadLetterErrorDescription));

        await Host.SendAsync(Queues.Manual, "dead-why", "dead-letter-why");
        var why = await DeadLetterAsync(Queues.Manual, "dead-why");
        Assert.Equal(("Why", "More on it."), (why.DeadLetterReason, why.DeadLetterErrorDescription));

        await Host.SendAsync(Queues.Manual, "dead-with", "dead-letter-with");
        var all = await DeadLetterAsync(Queues.Manual, "dead-with");
        Assert.Equal(("Why", "More on it."), (all.DeadLetterReason, all.DeadLetterErrorDescription));
        AssertEveryType(all);

        await Host.SendAsync(Queues.Manual, "dead-described", "dead-letter-described");
        var described = await DeadLetterAsync(Queues.Manual, "dead-described");
        Assert.Equal((null, "More on it."), (described.DeadLetterReason, described.DeadLetterErrorDescription));
        AssertEveryType(described);
    }

    [Fact]
    public async Task What_is_deferred_waits_with_its_properties_for_its_number()
    {
        await Host.SendAsync(Queues.Manual, "deferred", "defer-with");
        await Host.Process.LineAsync("deferred did defer-with");
        var deferred = Assert.Single(await PeekAsync(Queues.Manual, "deferred"));
        await using var receiver = Host.ServiceBus.CreateReceiver(Queues.Manual);
        AssertEveryType(await receiver.ReceiveDeferredMessageAsync(deferred.SequenceNumber));
    }

    [Fact]
    public async Task A_function_that_throws_abandons_at_once_and_each_delivery_counts()
    {
        await Host.SendAsync(Queues.Manual, "thrown", "throw|throw|complete");
        await Host.Process.LineAsync("thrown began, delivery 3");
        await Host.Process.LineAsync("thrown did complete");
        await Host.Process.LineAsync("thrown throws.");
    }

    [Fact]
    public async Task A_message_is_settled_once()
    {
        await Host.SendAsync(Queues.Manual, "twice", "complete complete");
        var refused = await Host.Process.LineAsync("twice was refused complete: Unknown");
        Assert.Contains("Azure.Messaging.ServiceBus.ServiceBusException", refused, StringComparison.Ordinal);
        Assert.Contains("MessageLockLost", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_the_function_returned_nothing_is_settled()
    {
        await Host.SendAsync(Queues.Automatic, "late", "later");
        await Host.Process.LineAsync("late began");
        // Its message is gone when the host has completed it, which it does when the function has returned.
        await Eventually.TrueAsync(async () => (await PeekAsync(Queues.Automatic, "late")).Count == 0);
        await Host.OpenAsync("late");
        Assert.Matches(
            "FailedPrecondition LockToken [0-9a-f-]{36} not found\\.$",
            await Host.Process.LineAsync("late was refused complete"));
    }

    [Fact]
    public async Task A_lock_that_another_has_ended_is_lost()
    {
        await Host.SendAsync(Queues.Manual, "lost", "wait complete");
        var began = await Host.Process.LineAsync("lost began");
        await using var receiver = Host.ServiceBus.CreateReceiver(Queues.Manual);
        await receiver.CompleteMessageAsync(
            ServiceBusModelFactory.ServiceBusReceivedMessage(lockTokenGuid: Guid.Parse(began[^36..])));
        await Host.OpenAsync("lost");
        Assert.Contains(
            "MessageLockLost", await Host.Process.LineAsync("lost was refused complete: Unknown"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_attribute_or_host_json_says_so_the_host_completes_what_the_function_left()
    {
        foreach (var (queue, id) in new[] { (Queues.Automatic, "automatic"), (Queues.Silent, "silent") })
        {
            await Host.SendAsync(queue, id, "nothing");
            await Host.Process.LineAsync($"{id} did nothing");
            await Eventually.TrueAsync(async () => (await PeekAsync(queue, id)).Count == 0);
        }
    }

    [Fact]
    public async Task Where_the_host_completes_what_the_function_settled_stays_as_it_is()
    {
        await Host.SendAsync(Queues.Automatic, "settled", "dead-letter-why");
        Assert.Equal("Why", (await DeadLetterAsync(Queues.Automatic, "settled")).DeadLetterReason);
        Assert.DoesNotContain(
            Host.Process.Lines, line => line.Contains($"Queue {Queues.Automatic}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_long_function_keeps_its_lock()
    {
        await Host.SendAsync(Queues.Manual, "long", "wait complete");
        await Host.Process.LineAsync("long began");
        // Somebody else waits for it until its first lock is over.
        await using var other = Host.ServiceBus.CreateReceiver(Queues.Manual);
        Assert.Null(await other.ReceiveMessageAsync(Queues.Lock + TimeSpan.FromSeconds(1)));
        await Host.OpenAsync("long");
        await Host.Process.LineAsync("long did complete");
        Assert.DoesNotContain(
            Host.Process.Lines, line => line.Contains("long began, delivery 2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("value")]
    [InlineData("sequence")]
    [InlineData("none")]
    public async Task A_body_of_any_kind_reaches_the_function(string kind)
    {
        await Host.SendAsync(Queues.Manual, kind, "complete", message =>
        {
            if (kind != "none")
            {
                message.GetRawAmqpMessage().Body = kind == "value"
                    ? Azure.Core.Amqp.AmqpMessageBody.FromValue("text")
                    : Azure.Core.Amqp.AmqpMessageBody.FromSequence([new object[] { 1, "two" }]);
            }
            else
            {
                message.Body = BinaryData.FromBytes(Array.Empty<byte>());
            }
        });
        var began = await Host.Process.LineAsync($"{kind} began");
        Assert.Contains(
            $"body {(kind == "none" ? "Data" : char.ToUpperInvariant(kind[0]) + kind[1..])}", began,
            StringComparison.Ordinal);
        await Host.Process.LineAsync($"{kind} did complete");
    }

    [Theory]
    [InlineData("traceparent")]
    [InlineData("Diagnostic-Id")]
    public async Task A_messages_trace_goes_on_in_the_function(string property)
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        await Host.SendAsync(
            Queues.Manual, property, "complete",
            message => message.ApplicationProperties[property] = $"00-{Trace}-b7ad6b7169203331-01");
        Assert.Contains(
            $"trace 00-{Trace}-", await Host.Process.LineAsync($"{property} began"), StringComparison.Ordinal);
    }

    async Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekAsync(string queue, string id)
    {
        await using var receiver = Host.ServiceBus.CreateReceiver(queue);
        return [.. (await receiver.PeekMessagesAsync(100)).Where(message => message.MessageId == id)];
    }

    async Task<ServiceBusReceivedMessage> DeadLetterAsync(string queue, string id)
    {
        await using var receiver = Host.ServiceBus.CreateReceiver(
            queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var letter = await receiver.ReceiveMessageAsync(Patience.Limit);
        Assert.Equal(id, letter?.MessageId);
        await receiver.CompleteMessageAsync(letter);
        return letter!;
    }

    static void AssertEveryType(ServiceBusReceivedMessage message)
    {
        foreach (var (name, value) in Properties.OfEveryType())
        {
            Assert.Equal(
                (name, value, value?.GetType()),
                (name, message.ApplicationProperties[name], message.ApplicationProperties[name]?.GetType()));
        }
    }
}
