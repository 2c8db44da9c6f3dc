using Azure.Messaging.ServiceBus;
using Grpc.Core;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>
/// How a settlement fails in the worker: what the host answers, and what its client says when the host does not.
/// </summary>
static class SettlementFaults
{
    /// <summary>The host no longer has the message in hand.</summary>
    public static readonly Status Forgotten =
        new(StatusCode.FailedPrecondition, "LockToken 7d1c3f0e-5e53-4b4b-9f0a-0c1f3a9b2d11 not found.");

    /// <summary>Somebody else may have the message by now.</summary>
    public static readonly Status LockLost = OfServiceBus(ServiceBusFailureReason.MessageLockLost);

    public static readonly Status Cancelled = new(StatusCode.Cancelled, "Call canceled by the client.");

    static readonly Dictionary<string, Status> All = new()
    {
        ["forgotten"] = Forgotten,
        ["lock lost"] = LockLost,
        ["throttled"] = OfServiceBus(ServiceBusFailureReason.ServiceBusy),
        ["service bus away"] = OfServiceBus(ServiceBusFailureReason.ServiceCommunicationProblem),
        ["queue disabled"] = OfServiceBus(ServiceBusFailureReason.MessagingEntityDisabled),
        ["general error"] = OfServiceBus(ServiceBusFailureReason.GeneralError),
        ["message gone"] = OfServiceBus(ServiceBusFailureReason.MessageNotFound),
        ["cancelled"] = Cancelled,
        ["host away"] = new(
            StatusCode.Unavailable, "Error connecting to subchannel.", new HttpRequestException("Connection refused")),
        ["connection broken"] = new(
            StatusCode.Internal, "Error starting gRPC call.", new IOException("The response ended prematurely.")),
        ["too late"] = new(StatusCode.DeadlineExceeded, ""),
    };

    static readonly string[] Outages = ["throttled", "service bus away", "queue disabled", "general error"];

    /// <summary>Each by its name.</summary>
    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>Those by which Service Bus itself fails.</summary>
    public static TheoryData<string> OfOutages => [.. Outages];

    /// <summary>All others: they say something of one message, or of the host.</summary>
    public static TheoryData<string> OfMessages => [.. All.Keys.Except(Outages)];

    public static Status Of(string name) => All[name];

    // The host sends the whole exception as text, whatever it was.
    static Status OfServiceBus(ServiceBusFailureReason reason) =>
        new(StatusCode.Unknown, new ServiceBusException("It was not settled.", reason).ToString());
}
