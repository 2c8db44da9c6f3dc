using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;
using Grpc.Core;

namespace Atrium.Functions.Tests.Messaging;

public sealed class MessageSettlerTests
{
    readonly PrintedLog _log = new();
    readonly RecordingActions _actions = new();
    readonly ServiceBusReceivedMessage _message =
        ServiceBusModelFactory.ServiceBusReceivedMessage(messageId: "m-1", lockTokenGuid: Guid.NewGuid());

    [Theory]
    [MemberData(nameof(SettlementFaults.OfMessages), MemberType = typeof(SettlementFaults))]
    public async Task A_message_that_could_not_be_completed_is_told_of_and_left_to_its_lock(string fault)
    {
        _actions.Fault = SettlementFaults.Of(fault);
        await Settler().CompleteAsync(_actions, _message);
        Assert.Equal(1, _actions.Tries);
        var line = Assert.Single(_log.Lines);
        var begin = $"Could not complete message m-1 ({SettlementFaults.Of(fault).StatusCode} ";
        Assert.StartsWith(begin, line, StringComparison.Ordinal);
        Assert.EndsWith("; it comes again when its lock has run out", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
    }

    [Theory]
    [MemberData(nameof(SettlementFaults.OfMessages), MemberType = typeof(SettlementFaults))]
    public async Task A_message_that_could_not_be_dead_lettered_is_told_of_and_left_to_its_lock(string fault)
    {
        _actions.Fault = SettlementFaults.Of(fault);
        await Settler().DeadLetterAsync(_actions, _message, Queues.Deliveries, "Reason", "Description");
        Assert.Equal(1, _actions.Tries);
        Assert.StartsWith("Could not dead-letter message m-1 (", _log.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_lock_is_named_however_much_service_bus_says_before_it()
    {
        var said = $"ServiceBusException: {new string('x', 1_000)} (MessageLockLost). For more\n   at Somewhere()";
        _actions.Fault = new Status(StatusCode.Unknown, said);
        await Settler().CompleteAsync(_actions, _message);
        var line = Assert.Single(_log.Lines);
        Assert.Contains("(Unknown MessageLockLost: ServiceBusException: xxx", line, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SettlementFaults.OfOutages), MemberType = typeof(SettlementFaults))]
    public async Task With_service_bus_gone_all_that_could_not_be_settled_is_one_line(string fault)
    {
        _actions.Fault = SettlementFaults.Of(fault);
        var settler = Settler();
        for (var message = 0; message < 128; message++)
        {
            await settler.CompleteAsync(_actions, _message);
        }

        Assert.StartsWith("Service Bus fails: ", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    MessageSettler Settler() => new(Some.Metrics(), _log.Outages(), _log.Of<MessageSettler>());
}
