using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Events;

/// <summary>The sending end of <c>visitor-events</c>.</summary>
internal sealed class EventQueue(
    [FromKeyedServices(Queues.VisitorEvents)] ServiceBusSender sender, PatientSender patient, TimeProvider time)
{
    /// <summary>
    /// Puts an event on the queue; a second one with the same id within the duplicate window is dropped.
    /// </summary>
    /// <exception cref="ServiceBusException">Service Bus did not take it; nothing was accepted.</exception>
    public Task SendAsync(EventMessage message, CancellationToken cancellationToken) =>
        sender.SendMessageAsync(message.Write(time.GetUtcNow()), cancellationToken);

    /// <summary>
    /// Puts events on the queue that a person sends again, in as few batches as their size allows. Safe to repeat.
    /// </summary>
    /// <exception cref="ServiceBusException">Service Bus did not take all of them.</exception>
    public Task ReplayAsync(IEnumerable<EventMessage> messages, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return patient.SendAllAsync(
            sender, messages.Select(message => message.Replayed(now).Write(now)), cancellationToken);
    }

    /// <summary>Puts an event back, to be received again some seconds to a minute later.</summary>
    /// <exception cref="ServiceBusException">Service Bus did not take it for as long as the lock can be
    /// renewed.</exception>
    public Task PutBackAsync(EventMessage message, TimeSpan wait, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var copy = message.Again().Write(now);
        copy.ScheduledEnqueueTime = now + wait;
        return patient.SendAsync(token => sender.SendMessageAsync(copy, token), cancellationToken);
    }
}
