using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Jobs;

/// <summary>A job that sweeps a dead-letter queue: the subject of a message says what is to become of it.</summary>
public abstract class SweepTests : IAsyncLifetime
{
    int _put;

    private protected SweepTests()
    {
        Act = messages =>
        {
            Acted.AddRange(messages.Select(message => message.MessageId));
            return Task.CompletedTask;
        };
        Rig = new JobRig(new SweepWork((job, token) => Rig!.Get<QueueSweep>().StepAsync(
            new SweepOrder(job, Choose, async (messages, _) =>
            {
                await Act(messages);
                return IsWanted;
            }),
            token)));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Rig.DisposeAsync();

    private protected JobRig Rig { get; }

    private protected FakeQueue Queue => Rig.Bus.DeadLetters(Queues.Deliveries);

    /// <summary>Ids of the messages acted upon.</summary>
    private protected List<string?> Acted { get; } = [];

    private protected Func<IReadOnlyList<ServiceBusReceivedMessage>, Task> Act { get; set; }

    private protected bool IsWanted { get; set; } = true;

    private protected void Put(int count, Func<int, string> subject)
    {
        for (var i = 0; i < count; i++)
        {
            Queue.Put(new ServiceBusMessage($"body {++_put}") { MessageId = $"m{_put}", Subject = subject(i) });
        }
    }

    private protected Task<Job> StartAsync()
    {
        Rig.Time.Advance(TimeSpan.FromSeconds(1));
        return Rig.StartAsync();
    }

    private protected async Task<Job> RunAsync()
    {
        var job = await StartAsync();
        await Rig.RunAllAsync();
        return await Rig.ReadAsync(job);
    }

    static SweepChoice Choose(ServiceBusReceivedMessage message) => message.Subject switch
    {
        "take" => SweepChoice.Take,
        "move" => SweepChoice.Move,
        "skip" => SweepChoice.Skip,
        "puzzling" => throw new InvalidOperationException("Nobody foresaw this message."),
        _ => SweepChoice.Leave,
    };

    sealed class SweepWork(Func<Job, CancellationToken, Task<JobStep>> step) : IJobWork
    {
        public JobKind Kind => JobKind.Replay;

        public Task<JobStep> StepAsync(Job job, CancellationToken cancellationToken) => step(job, cancellationToken);
    }
}
