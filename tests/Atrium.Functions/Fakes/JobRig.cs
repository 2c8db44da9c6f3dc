using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Telemetry;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>
/// Jobs with all that they really consist of, over tables and queues in memory. What is sent is run when a test says
/// so.
/// </summary>
sealed class JobRig
{
    readonly RunJobFunction _run;
    readonly HashSet<string?> _remembered = [];
    int _handedOut;

    public JobRig(params ReadOnlySpan<Func<JobRig, IJobWork>> works)
        : this(Some.Metrics(), works)
    {
    }

    public JobRig(AtriumMetrics metrics, params ReadOnlySpan<Func<JobRig, IJobWork>> works)
    {
        Bus = new FakeBus(Time);
        Tables = new FakeTables(Journal);
        Messages = new RecordingSender(Journal);
        Patient = new PatientSender(Time, Some.Outages());
        Jobs = new JobStore(Tables, Time);
        Queue = new JobQueue(Messages, Patient, Time);
        Starter = new JobStarter(Jobs, Queue, Time, NullLogger<JobStarter>.Instance);
        Receivers = new SourceReceivers(Bus);
        Sweep = new QueueSweep(Receivers, Jobs, Time, NullLogger<QueueSweep>.Instance);
        var made = new List<IJobWork>();
        foreach (var work in works)
        {
            made.Add(work(this));
        }

        var runner = new JobRunner(
            Jobs, new JobSlots(Tables, Jobs), Queue, made, metrics, Some.Outages(), Time, Some.NoJitter,
            NullLogger<JobRunner>.Instance);
        _run = new RunJobFunction(
            runner, new MessageSettler(Some.Metrics(), Some.Outages(), NullLogger<MessageSettler>.Instance));
        Watch = new WatchJobsFunction(Jobs, Queue, Time, NullLogger<WatchJobsFunction>.Instance);
    }

    public Journal Journal { get; } = new();

    public SteppedTime Time { get; } = new(Some.Time);

    public FakeBus Bus { get; }

    public FakeTables Tables { get; }

    /// <summary>What is sent to the queue <c>jobs</c>.</summary>
    public RecordingSender Messages { get; }

    public RecordingActions Actions { get; } = new();

    public PatientSender Patient { get; }

    public JobStore Jobs { get; }

    public JobQueue Queue { get; }

    public JobStarter Starter { get; }

    public SourceReceivers Receivers { get; }

    public QueueSweep Sweep { get; }

    public WatchJobsFunction Watch { get; }

    /// <summary>Steps sent and not yet run, those whose id was sent before left out.</summary>
    public bool HasMore => Unseen() is not null;

    public async Task<Job> StartAsync(
        JobKind kind = JobKind.Replay, JobSource source = JobSource.DeliveriesDeadLetters, string arguments = "{}",
        string? key = null, string tenant = Some.Tenant)
    {
        var started = Assert.IsType<JobStarter.Result.Started>(
            await Starter.StartAsync(tenant, kind, source, arguments, key, default));
        return started.Job;
    }

    /// <summary>Runs the next step, at the time for which it is scheduled.</summary>
    /// <param name="dies">The step's message is not settled, and comes again.</param>
    public async Task RunNextAsync(bool dies = false)
    {
        var message = Unseen() ?? throw new InvalidOperationException("No step is due.");
        if (message.ScheduledEnqueueTime > Time.GetUtcNow())
        {
            Time.Advance(message.ScheduledEnqueueTime - Time.GetUtcNow());
        }

        await _run.RunAsync(Some.Received(message), Actions, default);
        if (!dies)
        {
            _remembered.Add(message.MessageId);
            _handedOut++;
        }
    }

    /// <summary>Runs a message, whatever was run before.</summary>
    public Task RunAsync(ServiceBusMessage message, CancellationToken stopping = default) =>
        _run.RunAsync(Some.Received(message), Actions, stopping);

    /// <summary>Runs steps until none is sent any more.</summary>
    public async Task RunAllAsync()
    {
        for (var steps = 0; HasMore; steps++)
        {
            Assert.True(steps < 500, "The jobs do not end.");
            await RunNextAsync();
        }
    }

    public async Task<Job> ReadAsync(Job job) => (await Jobs.FindAsync(job.Tenant, job.Id, default))!;

    ServiceBusMessage? Unseen()
    {
        while (_handedOut < Messages.Sent.Count && _remembered.Contains(Messages.Sent[_handedOut].MessageId))
        {
            _handedOut++;
        }

        return _handedOut < Messages.Sent.Count ? Messages.Sent[_handedOut] : null;
    }
}
