using Amqp;
using Amqp.Types;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>An entity's $management: reads a request, has the loop do it, and answers when it is on disk.</summary>
internal sealed class ManagementEndpoint(Broker broker, QueueEntity entity, MessageLimits limits)
{
    public void Handle(Message request, Action<Message> answer)
    {
        Func<Moment, Message> operation;
        try
        {
            var arguments = new ManagementArguments(request.Body as Map, limits);
            operation = Read(request.ApplicationProperties?["operation"] as string, arguments);
        }
        catch (AmqpException e)
        {
            answer(ManagementAnswers.Failed(e.Error));
            return;
        }

        Message? result = null;
        broker.Post(
            now => result = operation(now),
            done => answer(done ? result! : ManagementAnswers.Failed(ServiceBusErrors.InternalError)));
    }

    Func<Moment, Message> Read(string? operation, ManagementArguments arguments)
    {
        var operations = new ManagementOperations(broker, entity);
        return operation switch
        {
            "com.microsoft:renew-lock" => operations.RenewLocks(arguments.LockTokens),
            "com.microsoft:peek-message" => operations.Peek(
                arguments.Long("from-sequence-number"), arguments.Long("message-count")),
            "com.microsoft:schedule-message" => operations.Schedule(arguments.Messages),
            "com.microsoft:cancel-scheduled-message" => operations.CancelScheduled(arguments.SequenceNumbers),
            "com.microsoft:receive-by-sequence-number" => operations.ReceiveDeferred(
                arguments.SequenceNumbers, locking: arguments.Long("receiver-settle-mode") != 0),
            "com.microsoft:update-disposition" => operations.Settle(arguments.LockTokens, arguments.Settlement),
            "com.microsoft:get-session-state" or "com.microsoft:set-session-state"
                or "com.microsoft:renew-session-lock" or "com.microsoft:get-message-sessions" =>
                throw new AmqpException(ServiceBusErrors.NoSessions),
            _ => throw new AmqpException(ServiceBusErrors.NoSuchOperation(operation)),
        };
    }
}
