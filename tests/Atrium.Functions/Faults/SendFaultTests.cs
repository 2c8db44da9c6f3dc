using Atrium.Functions.Deliveries;
using Atrium.Functions.Events;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Tests.Faults;

/// <summary>
/// Everything that the app sends, spoiled in every way in which Service Bus fails, for a while and for good: afterwards
/// each message lies on its queue once, or the failure is told as one of Service Bus and sending again makes it right.
/// </summary>
public sealed class SendFaultTests
{
    const int ForAWhile = 2;
    const int ForLongerThanPatience = 30;

    static readonly Dictionary<string, Func<Sending, Task>> Operations = new()
    {
        ["accept an event"] = it => it.Events.SendAsync(Some.Event(), default),
        ["put an event back"] = it => it.Events.PutBackAsync(Some.Event(), TimeSpan.FromSeconds(5), default),
        ["replay events"] = it =>
            it.Events.ReplayAsync([Some.Event(), Some.Event() with { EventId = "evt_2" }], default),
        ["schedule a delivery"] = it =>
            it.Deliveries.ScheduleAsync(Some.Delivery() with { Attempt = 2 }, Some.Time.AddSeconds(5), default),
        ["send deliveries"] = it => it.Deliveries.SendAsync(Three, default),
        ["park a delivery"] = async it => it.WasFull = await it.Parked.ParkAsync(Some.Delivery(), default) is not null,
        ["send a job's first step"] = it => it.Jobs.SendAsync(Job, default),
        ["send a job's next step"] = it => it.Jobs.ScheduleAsync(JobMessage.Of(Job), TimeSpan.FromSeconds(5), default),
    };

    // A client waits for the answer, and sends again: it is not kept waiting.
    static readonly string[] Impatient = ["accept an event", "send a job's first step"];

    static readonly Dictionary<string, Exception> Faults = Enum.GetValues<ServiceBusFailureReason>()
        .ToDictionary(reason => $"{reason}", Exception (reason) => new ServiceBusException("It fails.", reason))
        .Append(new("no right to send", new UnauthorizedAccessException("The role is missing.")))
        .Append(new("cancelled", new TaskCanceledException("The client was closed.")))
        .ToDictionary();

    static IEnumerable<DeliveryMessage> Three =>
        [Some.Delivery(), Some.Delivery() with { DeliveryId = "msg_2" }, Some.Delivery() with { DeliveryId = "msg_3" }];

    static Job Job => new()
    {
        Tenant = Some.Tenant,
        Id = "job_1",
        Kind = JobKind.Replay,
        Source = JobSource.Parked,
        Arguments = "{}",
        CreatedAt = Some.Time,
        UpdatedAt = Some.Time,
    };

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var operation in Operations.Keys)
            {
                foreach (var fault in Faults.Keys)
                {
                    all.Add(operation, fault);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Each_message_lies_on_its_queue_once_or_the_failure_is_told_and_sending_again_makes_it_right(
        string operation, string fault)
    {
        foreach (var isSent in new[] { true, false })
        {
            foreach (var times in new[] { ForAWhile, ForLongerThanPatience })
            {
                var waits = times == ForAWhile && !Impatient.Contains(operation) && IsWaitedOut(Faults[fault]);
                await ComesOnceAsync(Operations[operation], Faults[fault], isSent, times, waits);
            }
        }
    }

    static async Task ComesOnceAsync(Func<Sending, Task> send, Exception fault, bool isSent, int times, bool waits)
    {
        var queue = new FakeQueue(new SteppedTime(Some.Time));
        var unspoiled = new Sending(queue, Some.Sender());
        await send(unspoiled);
        var expected = unspoiled.Sent.Select(message => message.MessageId).ToList();
        queue = new FakeQueue(new SteppedTime(Some.Time));
        var sender = Some.Sender();
        var faults = Enumerable.Repeat(fault, times).ToArray();
        if (isSent)
        {
            sender.LoseAnswersWith(faults);
        }
        else
        {
            sender.FailWith(faults);
        }

        var spoiled = new Sending(queue, sender);
        var sending = send(spoiled);
        await spoiled.Time.SkipAllAsync(sending);

        if (await Record.ExceptionAsync(() => sending) is { } told)
        {
            Assert.False(waits, $"After {ForAWhile} failures it gave up: {told}");
            Assert.IsType(fault.GetType(), told);
            Assert.Equal(Passes(told), Outage.IsOne(told, CancellationToken.None));
        }
        else if (!spoiled.WasFull)
        {
            Assert.Equal(expected, IdsOn(queue));
        }

        await send(new Sending(queue, Some.Sender()));
        Assert.Equal(expected, IdsOn(queue));
    }

    // What passes by itself, or when somebody makes room or gives a role, is waited for.
    static bool IsWaitedOut(Exception fault) => fault is UnauthorizedAccessException or ServiceBusException
    {
        Reason: ServiceBusFailureReason.ServiceBusy
            or ServiceBusFailureReason.ServiceCommunicationProblem
            or ServiceBusFailureReason.ServiceTimeout
            or ServiceBusFailureReason.QuotaExceeded,
    };

    // What it says of a single message, and a send that was given up, are no failures of Service Bus.
    static bool Passes(Exception told) => told is OperationCanceledException
        or UnauthorizedAccessException
        or ServiceBusException
    {
        Reason: not (ServiceBusFailureReason.MessageLockLost
                or ServiceBusFailureReason.MessageNotFound
                or ServiceBusFailureReason.MessageSizeExceeded),
    };

    static IEnumerable<string> IdsOn(FakeQueue queue) => queue.Messages.Select(message => message.MessageId);

    sealed class Sending
    {
        readonly RecordingSender _sender;

        public Sending(FakeQueue queue, RecordingSender sender)
        {
            _sender = sender;
            sender.Forward = queue.Send;
            var credits = Some.Credits(Time);
            var patient = new PatientSender(credits, Time, Some.Outages());
            Events = new EventQueue(sender, patient, credits, Time);
            Deliveries = new DeliveryQueue(sender, patient, Time);
            Parked = new ParkedQueue(sender, patient);
            Jobs = new JobQueue(sender, patient, credits);
        }

        public SteppedTime Time { get; } = new(Some.Time);

        public EventQueue Events { get; }

        public DeliveryQueue Deliveries { get; }

        public ParkedQueue Parked { get; }

        public JobQueue Jobs { get; }

        public IReadOnlyList<ServiceBusMessage> Sent => _sender.Sent;

        /// <summary>Whether parking said that the queue is full, upon which the message goes another way.</summary>
        public bool WasFull { get; set; }
    }
}
