using Atrium.Functions.Contract;
using Atrium.Functions.Messaging;
using Atrium.Functions.Storage;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Jobs;

/// <summary>The sending end of <c>jobs</c>.</summary>
internal sealed class JobQueue(
    [FromKeyedServices(Queues.Jobs)] ServiceBusSender sender, PatientSender patient, CreditPace credits)
{
    /// <summary>Sends a job's first step at once, while the client waits. Safe to repeat.</summary>
    /// <exception cref="ServiceBusException">Service Bus did not take it.</exception>
    public async Task SendAsync(Job job, CancellationToken cancellationToken)
    {
        await credits.SpendAsync(1, cancellationToken);
        await sender.SendMessageAsync(JobMessage.Of(job).Write(), cancellationToken);
    }

    /// <summary>Sends a step to be done after a wait; safe to repeat.</summary>
    /// <exception cref="ServiceBusException">Service Bus did not take it for as long as a lock can be
    /// renewed.</exception>
    public Task ScheduleAsync(JobMessage step, TimeSpan wait, CancellationToken cancellationToken) =>
        patient.SendAsync(
            sender,
            now =>
            {
                var message = step.Write();
                if (wait > TimeSpan.Zero)
                {
                    message.ScheduledEnqueueTime = now + wait;
                }

                return message;
            },
            cancellationToken);
}

/// <summary>A step of a job, as it is on the queue <c>jobs</c>.</summary>
internal sealed record JobMessage
{
    const string JobProperty = "job";
    const string StepProperty = "step";
    const string NudgeProperty = "nudge";
    const string TakenProperty = "taken";
    const string MarkProperty = "mark";
    const int CurrentVersion = 1;

    public required string Tenant { get; init; }
    public required string JobId { get; init; }
    public required int Step { get; init; }

    /// <summary>How often the step was sent again because nothing was heard of it.</summary>
    public int Nudge { get; init; }

    /// <summary>How often this message was put back because a dependency failed.</summary>
    public int PutBack { get; init; }

    /// <summary>
    /// What the step took before the message was put back, if the tables gave no answer to the count; null for nothing.
    /// </summary>
    public Uncounted? Uncounted { get; init; }

    /// <summary>
    /// No other message has this id, and the same step sent twice has the same: duplicate detection drops the second.
    /// </summary>
    public string MessageId => $"{JobId}:{Step}:{Nudge}.{PutBack}";

    public static JobMessage Of(Job job) =>
        new() { Tenant = job.Tenant, JobId = job.Id, Step = job.Step, Nudge = job.Nudges };

    public JobMessage WithPutBack(Uncounted? uncounted) =>
        this with { PutBack = PutBack + 1, Uncounted = uncounted };

    public ServiceBusMessage Write() => new()
    {
        MessageId = MessageId,
        CorrelationId = JobId,
        ApplicationProperties =
        {
            [PropertyName.Version] = CurrentVersion,
            [PropertyName.Tenant] = Tenant,
            [JobProperty] = JobId,
            [StepProperty] = Step,
            [NudgeProperty] = Nudge,
            [PropertyName.PutBack] = PutBack,
            [TakenProperty] = Uncounted?.Taken ?? 0,
            [MarkProperty] = Uncounted?.Mark ?? "",
        },
    };

    /// <returns>The message, or a sentence that says why it cannot be read.</returns>
    public static (JobMessage? Message, string? Fault) Read(ServiceBusReceivedMessage message)
    {
        var properties = new MessageProperties(message);
        properties.Version(PropertyName.Version, CurrentVersion);
        var read = new JobMessage
        {
            Tenant = properties.Text(
                PropertyName.Tenant, tenant => tenant == JobTenant.System || TenantId.IsValid(tenant), TenantId.Rule),
            JobId = properties.Text(JobProperty, Jobs.JobId.IsValid, "It is a job's id."),
            Step = properties.Integer(StepProperty, 0, MessageProperties.MaxCount),
            Nudge = properties.Integer(NudgeProperty, 0, MessageProperties.MaxCount),
            PutBack = properties.Integer(PropertyName.PutBack, 0, MessageProperties.MaxCount),
            // Messages of earlier versions do not have them.
            Uncounted = properties.Integer(
                TakenProperty, 0, MessageProperties.MaxCount, whenAbsent: 0) is > 0 and var taken
                ? new(taken, properties.Text(MarkProperty, whenAbsent: WriteMark.Draw()))
                : null,
        };
        return properties.Fault is { } fault ? (null, fault) : (read, null);
    }
}
