using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Erasure;

/// <summary>
/// Removes the messages of one visitor from all dead-letter queues and from <c>parked</c>, one queue after the other.
/// </summary>
internal sealed class EraseWork(Indexing indexing, IndexedWork work, DiscardAudit audit) : IJobWork
{
    // In the order in which messages move, so that one that moves on meanwhile is found in the next queue.
    static readonly JobSource[] Sources =
        [JobSource.VisitorEventsDeadLetters, JobSource.Parked, JobSource.ParkedDeadLetters,
            JobSource.DeliveriesDeadLetters];

    public static JobSource First => Sources[0];

    public JobKind Kind => JobKind.Erase;

    public async Task<JobStep> StepAsync(Job job, CancellationToken cancellationToken)
    {
        if (ErasureSubject.Read(job.Arguments) is not { } erasure)
        {
            return new JobStep.Failed(
                "It was begun by an earlier version of the app, which looked for less. Start it again.");
        }

        // Messages that are not indexed yet would be missed. The timer may hold some, which are indexed after this
        // wait, or free again.
        if (!job.Place.IsIndexed)
        {
            var drained = await Task.WhenAll(Sources.Select(
                source => indexing.DrainAsync(source, job.CreatedAt, cancellationToken)));
            return !drained.Contains(Drained.Not)
                ? new JobStep.Continue(Indexing.UntilFree) { Place = JobPlace.Indexed }
                : new JobStep.Continue(TimeSpan.Zero);
        }

        if (job.Place == JobPlace.Indexed
            && await indexing.DrainAsync(job.Source, job.CreatedAt, cancellationToken) == Drained.Not)
        {
            return new JobStep.Continue(TimeSpan.Zero) { Place = JobPlace.Indexed };
        }

        var order = new WorkOrder(
            job, new IndexRange(job.Source), message => Choose(erasure, message),
            (messages, _) => audit.RecordAsync(job, messages))
        {
            PeeksFirst = _ => true,
            NeedsWholeIndex = true,
        };
        var step = await work.StepAsync(order, cancellationToken);
        var next = Array.IndexOf(Sources, job.Source) + 1;
        return step is JobStep.Finished && next < Sources.Length
            ? new JobStep.Continue(TimeSpan.Zero)
            {
                Source = Sources[next],
                Place = JobPlace.Indexed,
                WasFruitless = false,
                Counts = step.Counts,
                From = step.From,
            }
            : step;
    }

    static WorkChoice Choose(ErasureSubject erasure, ServiceBusReceivedMessage message) =>
        MessageTexts.Of(message).Any(erasure.Concerns) ? WorkChoice.Take : WorkChoice.Leave;
}
