using System.Globalization;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Jobs;

/// <summary>
/// Takes chosen messages out of a queue and leaves the others as they were. A queue gives its messages in order only,
/// so that the others are locked on the way and given back at the end of each step: they keep body, properties and
/// place, and their delivery count rises. Each step first looks whether there is anything to take, which locks nothing.
/// </summary>
internal sealed partial class QueueSweep(
    SourceReceivers receivers, JobStore jobs, TimeProvider time, ILogger<QueueSweep> logger)
{
    /// <summary>
    /// Messages received, acted upon and recorded together: with the largest bodies that is 48 MB, with common ones 200
    /// KB.
    /// </summary>
    public const int BatchSize = 250;

    /// <summary>
    /// Messages held at a time while the chosen ones behind them are looked for. About a kilobyte is kept of each, 100
    /// MB in all, whatever its body's size; the smallest instances have 512 MB.
    /// </summary>
    public const int MaxHeld = 100_000;

    /// <summary>How long a step locks messages. With a lock of a minute nothing needs renewal.</summary>
    public static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(45);

    /// <summary>
    /// How long a job waits for messages that somebody else has locked, most likely its own predecessor that was
    /// killed.
    /// </summary>
    public static readonly TimeSpan LockedWait = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often a job's progress is recorded, and looked whether it is to stop: each costs a call that deliveries want
    /// to make as well.
    /// </summary>
    public static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    /// <summary>What to do about messages that lie in front of those wanted.</summary>
    public const string WhoseAreInFront =
        "Those before them may be another tenant's: whoever runs the app can replay or discard them. Then start the "
            + "job again.";

    // Looking costs nobody a lock: a bound for the step, not for the queue.
    static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(60);

    /// <summary>Does a step of a job that takes messages. Give what it returns back to the job.</summary>
    /// <param name="order">What is wanted.</param>
    /// <param name="cancellationToken">Ends when the host gives up draining.</param>
    /// <exception cref="ServiceBusException">Service Bus failed; nothing is lost.</exception>
    public async Task<JobStep> StepAsync(SweepOrder order, CancellationToken cancellationToken)
    {
        var job = order.Job;
        order = order with
        {
            NotJudged = (message, e) =>
                Log.NotJudged(logger, e, message.SequenceNumber, job.Source.Path(), job.Id),
        };
        var receiver = receivers.Of(job.Source);
        var look = await LookAsync(receiver, order, cancellationToken);
        if (look.Step is { } step)
        {
            return step;
        }

        var sweep = new Sweep(order, receiver, new SweepSettling(receiver, logger), jobs, time);
        var end = await sweep.RunAsync(cancellationToken);
        Log.Swept(logger, job.Id, job.Step, sweep.Removed, end.ToString());
        var counts = look.Counts.With(sweep.Unrecorded);
        return end switch
        {
            SweepEnd.HeldAll when sweep.Removed == 0 => new JobStep.Failed(
                $"The messages that are left lie behind {order.MostHeld} others, the most that can be locked at a "
                    + $"time. {WhoseAreInFront}")
            { Counts = counts },
            SweepEnd.NothingCame when sweep.Removed
                == 0 => new JobStep.Continue(
                LockedWait)
                { WasFruitless = true, ExaminedTo = look.ExaminedTo, Counts = counts },
            // Whatever it is that makes the queue so slow may pass; if not, the job must not go on for ever.
            SweepEnd.TimeIsUp when sweep.Removed == 0 =>
                new JobStep.Continue(
                TimeSpan.Zero)
                { WasFruitless = true, ExaminedTo = look.ExaminedTo, Counts = counts },
            _ => new JobStep.Continue(TimeSpan.Zero) { ExaminedTo = look.ExaminedTo, Counts = counts },
        };
    }

    /// <summary>
    /// Looks, without locking, whether a message is left to take: locked ones are seen as well, so that a job does not
    /// end while its killed predecessor holds some. Numbers rise, and what is looked through once need not be again.
    /// </summary>
    /// <returns>
    /// What follows when none is left, or not seen yet; otherwise up to where none is, and what was skipped until
    /// there.
    /// </returns>
    async Task<(JobStep? Step, long ExaminedTo, JobCounts Counts)> LookAsync(
        ServiceBusReceiver receiver, SweepOrder order, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var counts = JobCounts.None;
        var from = order.Only ?? order.Job.ExaminedTo;
        while (await receiver.PeekMessagesAsync(order.Only is null ? BatchSize : 1, from, cancellationToken)
            is { Count: > 0 } page)
        {
            var choices = page.Where(message => message.State == ServiceBusMessageState.Active)
                .ToLookup(order.Choose, message => message.SequenceNumber.ToString(CultureInfo.InvariantCulture));
            if (choices.Contains(SweepChoice.Take) || choices.Contains(SweepChoice.Move))
            {
                return (null, from, counts);
            }

            from = page[^1].SequenceNumber + 1;
            var skipped = choices[SweepChoice.Skip].ToList();
            counts = counts.With(new JobCounts(0, 0, skipped.Count)
            {
                FirstSkipped = [.. skipped.Take(JobCounts.MostNamed)],
                Staying = Staying(order, page),
            });
            if (order.Only is not null)
            {
                break;
            }

            if (time.GetElapsedTime(started) >= LongestLook)
            {
                return (new JobStep.Continue(TimeSpan.Zero) { ExaminedTo = from, Counts = counts }, from, counts);
            }
        }

        return (new JobStep.Finished { Counts = counts }, from, counts);
    }

    static int Staying(SweepOrder order, IReadOnlyList<ServiceBusReceivedMessage> page) => order.Only is not null ? 0
        : page.Count(message =>
            message.State == ServiceBusMessageState.Active && MessageTenant.IsCoveredBy(order.Job, message));

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Job {JobId}, step {Step}: {Taken} messages taken; {End}")]
        public static partial void Swept(ILogger logger, string jobId, int step, int taken, string end);

        [LoggerMessage(2, LogLevel.Error,
            "Message {SequenceNumber} of {Queue} cannot be judged, and is left out of job {JobId}")]
        public static partial void NotJudged(
            ILogger logger, Exception exception, long sequenceNumber, string queue, string jobId);
    }
}
