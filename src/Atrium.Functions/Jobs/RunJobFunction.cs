using Atrium.Functions.Messaging;
using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Jobs;

/// <summary>Takes a job's step off the queue and settles it.</summary>
internal sealed class RunJobFunction(JobRunner runner, MessageSettler settler, CreditPace credits)
{
    /// <summary>One message, one step at most.</summary>
    [Function("RunJob")]
    public Task RunAsync(
        [ServiceBusTrigger(
            Queues.Jobs, Connection = Queues.Connection,
            AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions actions,
        CancellationToken cancellationToken) => MessageTrace.RunAsync(
            SpanName.RunJob, Queues.Jobs, message, () => HandleAsync(message, actions, cancellationToken));

    async Task HandleAsync(
        ServiceBusReceivedMessage message, ServiceBusMessageActions actions, CancellationToken cancellationToken)
    {
        await credits.SpendAsync(1, cancellationToken);
        var (step, fault) = JobMessage.Read(message);
        if (step is null)
        {
            await settler.DeadLetterAsync(actions, message, Queues.Jobs, DeadLetterReason.InvalidJob, fault!);
            return;
        }

        await runner.RunAsync(step, cancellationToken);
        await settler.CompleteAsync(actions, message);
    }
}
