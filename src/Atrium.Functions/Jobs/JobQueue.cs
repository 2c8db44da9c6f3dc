using Atrium.Functions.Deliveries;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Jobs;

/// <summary>The sending end of <c>jobs</c>.</summary>
internal sealed class JobQueue([FromKeyedServices(Queues.Jobs)] ServiceBusSender sender, PatientSender patient, TimeProvider time)
{
    /// <summary>Sends a job's first step at once, to whoever waits for the answer; safe to repeat.</summary>
    /// <exception cref="ServiceBusException">Service Bus did not take it.</exception>
    public Task SendAsync(Job job, CancellationToken cancellationToken) => sender.SendMessageAsync(JobMessage.Of(job).Write(), cancellationToken);

    /// <summary>Sends a step to be done after a wait; safe to repeat.</summary>
    /// <exception cref="ServiceBusException">Service Bus did not take it for as long as a lock can be renewed.</exception>
    public Task ScheduleAsync(JobMessage step, TimeSpan wait, CancellationToken cancellationToken)
    {
        var message = step.Write();
        if (wait > TimeSpan.Zero)
        {
            message.ScheduledEnqueueTime = time.GetUtcNow() + wait;
        }

        return patient.SendAsync(token => sender.SendMessageAsync(message, token), cancellationToken);
    }
}
