using Azure.Messaging.ServiceBus;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Azure.ServiceBus.Grpc;

namespace Atrium.Local.Host.ServiceBus;

/// <summary>
/// Where workers settle their messages. It fails as the real extension's does: a message whose function has returned is
/// not found, and whatever Service Bus says to a settlement arrives as a failure of an unknown kind, with the exception
/// as text.
/// </summary>
internal sealed class SettlementService(RunningMessages running) : Settlement.SettlementBase
{
    public override Task<Empty> Complete(CompleteRequest request, ServerCallContext context) =>
        SettleAsync(
            request.Locktoken, (message, cancel) => message.CompleteMessageAsync(message.Message, cancel), context);

    public override Task<Empty> Abandon(AbandonRequest request, ServerCallContext context) => SettleAsync(
        request.Locktoken,
        (message, cancel) =>
            message.AbandonMessageAsync(message.Message, PropertyMap.Decode(request.PropertiesToModify), cancel),
        context);

    public override Task<Empty> Defer(DeferRequest request, ServerCallContext context) => SettleAsync(
        request.Locktoken,
        (message, cancel) =>
            message.DeferMessageAsync(message.Message, PropertyMap.Decode(request.PropertiesToModify), cancel),
        context);

    public override Task<Empty> Deadletter(DeadletterRequest request, ServerCallContext context) => SettleAsync(
        request.Locktoken,
        (message, cancel) => PropertyMap.Decode(request.PropertiesToModify) is { } properties
            ? message.DeadLetterMessageAsync(
                message.Message, properties, request.DeadletterReason, request.DeadletterErrorDescription, cancel)
            : message.DeadLetterMessageAsync(
                message.Message, request.DeadletterReason, request.DeadletterErrorDescription, cancel),
        context);

    public override Task<Empty> RenewMessageLock(RenewMessageLockRequest request, ServerCallContext context) =>
        SettleAsync(
            request.Locktoken, (message, cancel) => message.RenewMessageLockAsync(message.Message, cancel), context);

    async Task<Empty> SettleAsync(
        string lockToken, Func<ProcessMessageEventArgs, CancellationToken, Task> settle, ServerCallContext context)
    {
        var message = running.Find(lockToken)
            ?? throw new RpcException(new(StatusCode.FailedPrecondition, $"LockToken {lockToken} not found."));
        try
        {
            await settle(message, context.CancellationToken);
            return new();
        }
        catch (Exception failure)
        {
            throw new RpcException(new(StatusCode.Unknown, failure.ToString()));
        }
    }
}
