using System.Runtime.Serialization;
using Azure.Messaging.ServiceBus;
using Grpc.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.ServiceBus.Grpc;

namespace Atrium.Local.Worker.Extensions.ServiceBus.Tests;

public sealed class ServiceBusMessageActionsTests
{
    const string Token = "0f8fad5b-d9cb-469f-a165-70867728950e";

    static readonly Dictionary<string, object> Properties = new() { ["tries"] = 3 };
    static readonly ServiceBusReceivedMessage Message =
        ServiceBusModelFactory.ServiceBusReceivedMessage(lockTokenGuid: Guid.Parse(Token));

    readonly RecordingInvoker _host = new();
    readonly ServiceBusMessageActions _actions;

    public ServiceBusMessageActionsTests() =>
        _actions = new ServiceBusMessageActions(new Settlement.SettlementClient(_host));

    delegate Task Settle(ServiceBusMessageActions actions, ServiceBusReceivedMessage message, CancellationToken token);

    public static TheoryData<string> Settlements => [.. Calls.Keys];

    static Dictionary<string, Settle> Calls { get; } = new()
    {
        ["/Settlement/Complete"] = (actions, message, token) => actions.CompleteMessageAsync(message, token),
        ["/Settlement/Abandon"] = (actions, message, token) => actions.AbandonMessageAsync(message, null, token),
        ["/Settlement/Deadletter"] = (actions, message, token) =>
            actions.DeadLetterMessageAsync(message, cancellationToken: token),
        ["/Settlement/Defer"] = (actions, message, token) => actions.DeferMessageAsync(message, null, token),
        ["/Settlement/RenewMessageLock"] = (actions, message, token) => actions.RenewMessageLockAsync(message, token),
    };

    [Theory]
    [MemberData(nameof(Settlements))]
    public async Task A_settlement_is_one_call_to_its_path_without_a_deadline(string path)
    {
        using var source = new CancellationTokenSource();
        await Calls[path](_actions, Message, source.Token);
        var call = Assert.Single(_host.Calls);
        Assert.Equal((path, null, source.Token), (call.Path, call.Options.Deadline, call.Options.CancellationToken));
    }

    [Fact]
    public async Task It_names_the_message_by_its_lock_token_and_leaves_out_what_is_not_given()
    {
        foreach (var call in Calls.Values)
        {
            await call(_actions, Message, default);
        }

        Assert.Equal(
            [
                new CompleteRequest { Locktoken = Token },
                new AbandonRequest { Locktoken = Token },
                new DeadletterRequest { Locktoken = Token },
                new DeferRequest { Locktoken = Token },
                new RenewMessageLockRequest { Locktoken = Token },
            ],
            _host.Calls.Select(call => call.Request));
    }

    [Fact]
    public async Task It_takes_properties_reason_and_description_along()
    {
        await _actions.AbandonMessageAsync(Message, Properties);
        await _actions.DeadLetterMessageAsync(Message, Properties, "why", "in more words");
        await _actions.DeferMessageAsync(Message, Properties);
        var encoded = PropertyMap.Encode(Properties);
        Assert.Equal(
            [
                new AbandonRequest { Locktoken = Token, PropertiesToModify = encoded },
                new DeadletterRequest
                {
                    Locktoken = Token,
                    PropertiesToModify = encoded,
                    DeadletterReason = "why",
                    DeadletterErrorDescription = "in more words",
                },
                new DeferRequest { Locktoken = Token, PropertiesToModify = encoded },
            ],
            _host.Calls.Select(call => call.Request));
    }

    [Theory]
    [MemberData(nameof(Settlements))]
    public async Task Without_a_message_nothing_is_called(string path)
    {
        await Assert.ThrowsAsync<ArgumentNullException>("message", () => Calls[path](_actions, null!, default));
        Assert.Empty(_host.Calls);
    }

    [Theory]
    [MemberData(nameof(Settlements))]
    public async Task What_the_host_refuses_is_thrown_as_it_came(string path)
    {
        _host.Fault = new Status(StatusCode.FailedPrecondition, $"LockToken {Token} not found.");
        var thrown = await Assert.ThrowsAsync<RpcException>(() => Calls[path](_actions, Message, default));
        Assert.Equal(_host.Fault, thrown.Status);
    }

    [Fact]
    public async Task A_property_of_a_type_that_none_can_be_is_refused_before_the_call()
    {
        var properties = new Dictionary<string, object> { ["p"] = new object() };
        await Assert.ThrowsAsync<SerializationException>(() => _actions.AbandonMessageAsync(Message, properties));
        Assert.Empty(_host.Calls);
    }

    [Fact]
    public async Task A_tests_own_actions_need_no_host_for_what_they_override()
    {
        var own = new OwnActions();
        await own.CompleteMessageAsync(Message);
        await Assert.ThrowsAsync<InvalidOperationException>(() => own.AbandonMessageAsync(Message));
    }

    sealed class OwnActions : ServiceBusMessageActions
    {
        public override Task CompleteMessageAsync(
            ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) => Task.CompletedTask;
    }
}
