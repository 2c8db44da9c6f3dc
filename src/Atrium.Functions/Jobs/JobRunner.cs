using Atrium.Functions.Messaging;
using Atrium.Functions.Storage;
using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Jobs;

/// <summary>
/// Does the step that a message names, records its result, and sends the message of the next step. After a crash, the
/// message comes again. Then the step is repeated. Or it is found done, and only the next message is sent again, which
/// Service Bus drops if it was sent before.
/// </summary>
internal sealed partial class JobRunner(
    JobStore jobs,
    JobQueue queue,
    IEnumerable<IJobWork> works,
    PutBacks putBacks,
    OutageLog outages,
    TimeProvider time,
    ILogger<JobRunner> logger)
{
    /// <summary>Steps in a row that may do nothing; at ten seconds each they outlast several locks.</summary>
    public const int MaxFruitless = 30;

    /// <exception cref="ServiceBusException">The next step's message could not be sent.</exception>
    public async Task RunAsync(JobMessage message, CancellationToken cancellationToken)
    {
        var uncounted = message.Uncounted;
        try
        {
            var found = await jobs.FindAsync(message.Tenant, message.JobId, cancellationToken);
            if (found is not null && uncounted is not null)
            {
                // Whatever has become of the step since.
                found = await CountAsync(found, uncounted, cancellationToken);
                uncounted = null;
            }

            switch (found)
            {
                case { HasEnded: true } ended when ended.Step == message.Step + 1:
                    // This step was the last. Whoever recorded that may not have learnt of it, and so not have told.
                    LogEnd(ended);
                    break;
                case { HasEnded: false } job when job.Step == message.Step:
                    await StepAsync(job, cancellationToken);
                    break;
                case { HasEnded: false } job when job.Step > message.Step:
                    await queue.ScheduleAsync(JobMessage.Of(job), TimeSpan.Zero, cancellationToken);
                    break;
            }
        }
        catch (InterruptedStepException e) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops, and another does the step anew. It no longer finds what this one took.
            if (await ShowLifeAsync(message, e.Uncounted, CancellationToken.None))
            {
                throw;
            }

            await queue.ScheduleAsync(message.WithPutBack(e.Uncounted), TimeSpan.Zero, CancellationToken.None);
        }
        catch (Exception e) when (Outage.Passes(CauseOf(e), cancellationToken))
        {
            var wait = putBacks.AfterOutage(
                CauseOf(e), message.PutBack,
                (seconds, error) => Log.PutBack(logger, message.JobId, message.Step, seconds, error));
            uncounted = (e as InterruptedStepException)?.Uncounted ?? uncounted;
            uncounted = await ShowLifeAsync(message, uncounted, cancellationToken) ? null : uncounted;
            await putBacks.SendAsync(
                Queues.Jobs, PutBackReason.Dependency,
                () => queue.ScheduleAsync(message.WithPutBack(uncounted), wait, cancellationToken));
        }
    }

    static Exception CauseOf(Exception e) => e is InterruptedStepException { InnerException: { } cause } ? cause : e;

    Task<Job?> CountAsync(Job job, Uncounted uncounted, CancellationToken cancellationToken) =>
        jobs.ChangeAsync(job, now => now.WithTaken(uncounted.Taken), cancellationToken, uncounted.Mark);

    // So that the watch does not take this job for a lost one. If the tables fail, the watch cannot see the job either.
    // False when the tables failed.
    async Task<bool> ShowLifeAsync(JobMessage message, Uncounted? uncounted, CancellationToken cancellationToken)
    {
        try
        {
            var job = await jobs.FindAsync(message.Tenant, message.JobId, cancellationToken);
            if (job is not null && uncounted is not null)
            {
                await CountAsync(job, uncounted, cancellationToken);
            }
            else if (job?.Step == message.Step)
            {
                await jobs.AdvanceAsync(job, JobCounts.None, job.Place, cancellationToken);
            }

            return true;
        }
        catch (Exception e) when (Outage.Passes(e, cancellationToken))
        {
            if (!outages.Explains(e))
            {
                Log.NotShown(logger, message.JobId, message.Step, ErrorText.Of(e));
            }

            return false;
        }
    }

    async Task StepAsync(Job job, CancellationToken cancellationToken)
    {
        var step = job.StopRequested
            ? new JobStep.Stopped(Stopped(job.Kind)) { From = job }
            : await WorkAsync(job, cancellationToken);
        switch (await RecordAsync(job, step, cancellationToken))
        {
            case null:
                // Somebody else has done this step, or goes on with it, and sends the next one.
                break;
            case { HasEnded: true } ended:
                LogEnd(ended);
                break;
            case { } next:
                await queue.ScheduleAsync(
                    JobMessage.Of(next), step is JobStep.Continue(var wait) ? wait : TimeSpan.Zero, cancellationToken);
                break;
        }
    }

    async Task<Job?> RecordAsync(Job job, JobStep step, CancellationToken cancellationToken)
    {
        var uncounted = new Uncounted(step.Counts.Taken, WriteMark.Draw());
        // What was taken is recorded even while the host stops: another would not find it.
        var recording = uncounted.Taken > 0 ? CancellationToken.None : cancellationToken;
        try
        {
            return await jobs.ChangeStepAsync(
                step.From ?? job, step.From?.Place, now => After(now, step), uncounted.Taken, uncounted.Mark,
                recording);
        }
        catch (Exception e) when (uncounted.Taken > 0 && Outage.IsOne(e, recording))
        {
            throw new InterruptedStepException(uncounted, e);
        }
    }

    async Task<JobStep> WorkAsync(Job job, CancellationToken cancellationToken)
    {
        if (works.FirstOrDefault(work => work.Kind == job.Kind) is not { } work)
        {
            return new JobStep.Failed(
                "This version of the app knows no job of this kind. "
                + "Deploy the one that does, and start the job again.");
        }

        try
        {
            var step = await work.StepAsync(job, cancellationToken);
            return step with { From = step.From ?? job };
        }
        catch (Exception e) when (Outage.IsMistake(CauseOf(e), cancellationToken))
        {
            var (cause, interrupted) = (CauseOf(e), e as InterruptedStepException);
            Log.Failed(logger, cause, job.Tenant, job.Id, job.Kind, job.Step);
            return new JobStep.Failed(
                $"Step {job.Step} failed for a reason that does not pass by itself ({cause.GetType().Name}); the app's "
                + "log has it under the job's id. What was done until then stays done.")
            {
                Counts = interrupted is null ? JobCounts.None : new JobCounts(interrupted.Uncounted.Taken, 0),
                From = interrupted?.From,
            };
        }
    }

    Job After(Job job, JobStep step)
    {
        var counted = job with { Counts = job.Counts.With(step.Counts) };
        return step switch
        {
            JobStep.Continue { WasFruitless: true } when job.Fruitless >= MaxFruitless => counted.Ended(
                JobState.Failed,
                "The messages that are left are locked by somebody else. Start the job again when that has ended.",
                time.GetUtcNow()),
            JobStep.Continue more => counted with
            {
                State = JobState.Running,
                Step = job.Step + 1,
                Nudges = 0,
                Source = more.Source ?? job.Source,
                Fruitless = more.WasFruitless switch
                {
                    true => job.Fruitless + 1,
                    false => 0,
                    null => job.Fruitless,
                },
                Place = more.Place,
            },
            JobStep.Finished done => counted.Ended(
                JobState.Succeeded, done.Remark ?? Remark(counted.Counts), time.GetUtcNow()),
            JobStep.Stopped(var why) => counted.Ended(JobState.Stopped, why, time.GetUtcNow()),
            JobStep.Failed(var why) => counted.Ended(JobState.Failed, why, time.GetUtcNow()),
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, "A step has no such outcome."),
        };
    }

    // Deliveries of a subscription that is not paused do not stay parked: another resume would start within a minute.
    static string Stopped(JobKind kind) => kind == JobKind.Resume
        ? "It was stopped on request; what was sent until then stays sent. Pause the subscription to keep the rest "
            + "parked: while it is not paused, another job sends it."
        : "It was stopped on request; what was done until then stays done.";

    static string? Remark(JobCounts counts)
    {
        var unreadable = counts.Skipped - counts.SubscriptionDeleted;
        return counts.Skipped == 0 ? null
            : $"{counts.Skipped} of the messages asked for were left where they are{Named(counts)}."
            + (unreadable == 0 ? ""
                : $" {unreadable} cannot be read by this version of the app: discard them, or replay them with the "
                + "version that can.")
            + (counts.SubscriptionDeleted == 0 ? ""
                : $" {counts.SubscriptionDeleted} are for a subscription that has been deleted: discard them, or "
                + "replay them once it is there again.");
    }

    static string Named(JobCounts counts) => counts.FirstSkipped is not { Count: > 0 } first ? ""
        : $": {(counts.Skipped > first.Count ? "the first are " : "")}numbers {string.Join(", ", first)}";

    void LogEnd(Job job) =>
        Log.Ended(logger, job.Tenant, job.Id, job.Kind, job.State, job.Counts.Taken, job.Counts.Skipped);

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "Job {JobId}, step {Step} put back for the first time, for {WaitSeconds} s: a dependency failed, {Error}")]
        public static partial void PutBack(ILogger logger, string jobId, int step, double waitSeconds, string error);

        [LoggerMessage(2, LogLevel.Error, "Job {JobId} of tenant {Tenant} ({Kind}) fails in step {Step}")]
        public static partial void Failed(
            ILogger logger, Exception exception, string tenant, string jobId, JobKind kind, int step);

        [LoggerMessage(3, LogLevel.Information,
            "Job {JobId} of tenant {Tenant} ({Kind}) ended as {State}: {Taken} messages taken, {Skipped} skipped")]
        public static partial void Ended(
            ILogger logger, string tenant, string jobId, JobKind kind, JobState state, int taken, int skipped);

        [LoggerMessage(4, LogLevel.Warning,
            "Job {JobId}, step {Step} was put back, which could not be noted in its row: {Error}")]
        public static partial void NotShown(ILogger logger, string jobId, int step, string error);
    }
}
