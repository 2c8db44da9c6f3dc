using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Egress;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class SettlingTests
{
    readonly RecordingLogger<Settling> _logger = new();
    readonly RecordingActions _actions = new();
    readonly ServiceBusReceivedMessage _message =
        ServiceBusModelFactory.ServiceBusReceivedMessage(messageId: "m-1", lockTokenGuid: Guid.NewGuid());

    [Theory]
    [MemberData(nameof(SettlementFaults.Names), MemberType = typeof(SettlementFaults))]
    public async Task A_message_that_could_not_be_completed_is_told_of_and_left_to_its_lock(string fault)
    {
        _actions.Fault = SettlementFaults.Of(fault);
        await Settling().CompleteAsync(_actions, _message);
        Assert.Equal(1, _actions.Tries);
        Assert.Equal(
            ["Warning: Could not complete message m-1; it comes again when its lock has run out"], _logger.Lines);
    }

    [Theory]
    [MemberData(nameof(SettlementFaults.Names), MemberType = typeof(SettlementFaults))]
    public async Task A_message_that_could_not_be_dead_lettered_is_told_of_and_left_to_its_lock(string fault)
    {
        _actions.Fault = SettlementFaults.Of(fault);
        await Settling().DeadLetterAsync(_actions, _message, Queues.Deliveries, "Reason", "Description");
        Assert.Equal(1, _actions.Tries);
        Assert.Equal(
            "Warning: Could not dead-letter message m-1; it comes again when its lock has run out", _logger.Lines[^1]);
    }

    Settling Settling() => new(Some.Metrics(), _logger);
}
