using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>Jobs, over tables and queues in memory. What is sent is run when a test says so.</summary>
/// <param name="works">What jobs do, in the place of all that the app's do; the app's own when there is none.</param>
sealed class JobRig(params IJobWork[] works) : AppRig(replace: services => Replace(services, works))
{
    readonly HashSet<string?> _remembered = [];
    int _handedOut;

    /// <summary>What is sent to the queue <c>jobs</c>.</summary>
    public RecordingSender Messages => Bus.Sender(Queues.Jobs);

    public JobStore Jobs => Get<JobStore>();

    public JobStarter Starter => Get<JobStarter>();

    /// <summary>Steps sent and not yet run, those whose id was sent before left out.</summary>
    public bool HasMore => Unseen() is not null;

    public async Task<Job> StartAsync(
        JobKind kind = JobKind.Replay, JobSource source = JobSource.DeliveriesDeadLetters, string arguments = "{}",
        string? key = null, string tenant = Some.Tenant)
    {
        var started = Assert.IsType<JobStarter.Result.Started>(
            await Starter.StartAsync(new(tenant, kind, source, arguments) { Key = key }, default));
        return started.Job;
    }

    /// <summary>Runs the next step on a host that may stop: its message then comes again.</summary>
    public async Task RunNextAsync(CancellationToken host)
    {
        try
        {
            await RunNextAsync(dies: false, host);
        }
        catch (Exception) when (host.IsCancellationRequested)
        {
            // The host gives the message back.
        }
    }

    /// <summary>Runs the next step, at the time for which it is scheduled.</summary>
    /// <param name="dies">The step's message is not settled, and comes again.</param>
    /// <param name="host">When the host stops.</param>
    public async Task RunNextAsync(bool dies = false, CancellationToken host = default)
    {
        var message = Unseen() ?? throw new InvalidOperationException("No step is due.");
        if (message.ScheduledEnqueueTime > Time.GetUtcNow())
        {
            Time.Advance(message.ScheduledEnqueueTime - Time.GetUtcNow());
        }

        await Get<RunJobFunction>().RunAsync(Some.Received(message), Actions, host);
        if (!dies)
        {
            _remembered.Add(message.MessageId);
            _handedOut++;
        }
    }

    /// <summary>Runs a message, whatever was run before.</summary>
    public Task RunAsync(ServiceBusMessage message, CancellationToken stopping = default) =>
        Get<RunJobFunction>().RunAsync(Some.Received(message), Actions, stopping);

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

    static void Replace(IServiceCollection services, IJobWork[] works)
    {
        if (works is [])
        {
            return;
        }

        services.RemoveAll<IJobWork>();
        Array.ForEach(works, work => services.AddSingleton(work));
    }

    ServiceBusMessage? Unseen()
    {
        while (_handedOut < Messages.Sent.Count && _remembered.Contains(Messages.Sent[_handedOut].MessageId))
        {
            _handedOut++;
        }

        return _handedOut < Messages.Sent.Count ? Messages.Sent[_handedOut] : null;
    }
}
