using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Jobs;

/// <summary>A step of a job that is due, as it lies on the queue <c>jobs</c>.</summary>
internal sealed record JobMessage
{
    const string VersionProperty = "version";
    const string TenantProperty = "tenant";
    const string JobProperty = "job";
    const string StepProperty = "step";
    const string NudgeProperty = "nudge";
    const string PutBackProperty = "putBack";
    const int CurrentVersion = 1;

    public required string Tenant { get; init; }
    public required string JobId { get; init; }
    public required int Step { get; init; }

    /// <summary>How often the step was sent again because nothing was heard of it.</summary>
    public int Nudge { get; init; }

    /// <summary>How often this message was put back because a dependency failed.</summary>
    public int PutBack { get; init; }

    /// <summary>No other message has this id, and the same step sent twice has the same: duplicate detection drops the second.</summary>
    public string MessageId => $"{JobId}:{Step}:{Nudge}.{PutBack}";

    public static JobMessage Of(Job job) => new() { Tenant = job.Tenant, JobId = job.Id, Step = job.Step, Nudge = job.Nudges };

    public JobMessage Again() => this with { PutBack = PutBack + 1 };

    public ServiceBusMessage Write() => new()
    {
        MessageId = MessageId,
        CorrelationId = JobId,
        ApplicationProperties =
        {
            [VersionProperty] = CurrentVersion,
            [TenantProperty] = Tenant,
            [JobProperty] = JobId,
            [StepProperty] = Step,
            [NudgeProperty] = Nudge,
            [PutBackProperty] = PutBack,
        },
    };

    /// <returns>The message, or a sentence that says why it cannot be read.</returns>
    public static (JobMessage? Message, string? Fault) Read(ServiceBusReceivedMessage message)
    {
        var properties = message.ApplicationProperties;
        return properties.GetValueOrDefault(VersionProperty) is not CurrentVersion
                ? (null, $"The message's version is {properties.GetValueOrDefault(VersionProperty, "missing")}; this app understands version {CurrentVersion}.")
            : properties.GetValueOrDefault(TenantProperty) is string tenant
              && properties.GetValueOrDefault(JobProperty) is string job && Jobs.JobId.IsValid(job)
              && properties.GetValueOrDefault(StepProperty) is int step
              && properties.GetValueOrDefault(NudgeProperty) is int nudge
              && properties.GetValueOrDefault(PutBackProperty) is int putBack
                ? (new JobMessage { Tenant = tenant, JobId = job, Step = step, Nudge = nudge, PutBack = putBack }, null)
            : (null, "A property of the message is missing or of another kind than a job's step has.");
    }
}
