using System.Collections.Concurrent;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Parking;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using Grpc.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Atrium.Functions.Tests.Parking;

/// <summary>
/// Two instances, whose processes die now and then between any two calls, deliver, pause, resume, index and replay in a
/// random order, while a receiver fails and works. In the end, all has arrived and nothing is left.
/// </summary>
public sealed class RecoveryModelTests
{
    const int Steps = 120;
    const int QuietRounds = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Nothing_is_lost_whatever_admins_do_and_whenever_processes_die(int seed)
    {
        await using var model = await Model.StartAsync(seed);
        for (var step = 0; step < Steps; step++)
        {
            await model.StepAsync();
        }

        await model.CalmAsync(QuietRounds);

        Assert.True(
            model.IsOver,
            $"Not delivered: {string.Join(' ', model.Lost)}. Left: {model.Left}.\n{string.Join('\n', model.Trace)}");
    }

    sealed class Model : IAsyncDisposable
    {
        readonly Random _random;
        readonly SteppedTime _time = new(Some.Time) { PassesAtOnce = wait => wait < TimeSpan.FromMinutes(20) };
        readonly FakeTables _tables = new();
        readonly FakeBus _bus;
        readonly Receiver _receiver;
        readonly AppRig[] _instances;
        readonly ConcurrentDictionary<string, bool> _delivered = [];
        readonly List<string> _published = [];
        TaskCompletionSource _death = new();
        bool _works = true;
        int _diesAt;
        int _calls;

        Model(int seed, Receiver receiver)
        {
            (_random, _receiver, _bus) = (new Random(seed), receiver, new FakeBus(_time));
            _receiver.Answer = context =>
            {
                context.Response.StatusCode = _works ? 204 : 503;
                if (_works)
                {
                    _delivered[context.Request.Headers["webhook-id"].ToString()] = true;
                }

                return Task.CompletedTask;
            };
            _tables.Before = _ => CallAsync();
            foreach (var queue in new[] { Deliveries, Parked, Letters, JobSteps })
            {
                queue.BeforeReceive = _ => CallAsync();
                queue.BeforeReceiveDeferred = _ => CallAsync();
            }

            _instances = [Make(), Make()];
        }

        /// <summary>What was done.</summary>
        public List<string> Trace { get; } = [];

        public IEnumerable<string> Lost => _published.Where(id => !_delivered.ContainsKey(id));

        public (int Deliveries, int Parked, int Letters, int Rows) Left => (
            Deliveries.Messages.Count, Parked.Messages.Count, Letters.Messages.Count,
            _tables.Table(DeadLetterIndex.TableName).Rows
                .Count(row => row.ContainsKey(nameof(DeadLetter.SequenceNumber))));

        public bool IsOver => !Lost.Any() && Left == default;

        FakeQueue Deliveries => _bus.Queue(Queues.Deliveries);

        FakeQueue Parked => _bus.Queue(Queues.Parked);

        FakeQueue Letters => _bus.DeadLetters(Queues.Deliveries);

        FakeQueue JobSteps => _bus.Queue(Queues.Jobs);

        public static async Task<Model> StartAsync(int seed)
        {
            var receiver = await Receiver.StartAsync();
            var model = new Model(seed, receiver);
            await model._instances[0].Get<SubscriptionStore>().AddAsync(
                Some.Subscription() with { Url = receiver.Url }, default);
            return model;
        }

        /// <summary>Does something, and may have the process die over it.</summary>
        public async Task StepAsync()
        {
            var instance = _random.Next(2);
            if (_random.Next(6) == 0)
            {
                _diesAt = _random.Next(1, 14);
            }
            else if (_random.Next(12) == 0)
            {
                _tables.AnswerLost = _random.Next(3) switch { 0 => "update", 1 => "transaction", _ => "add" };
            }

            switch (_random.Next(17))
            {
                case 0 or 1:
                    await PublishAsync();
                    break;
                case 2 or 3 or 4:
                    await DeliverAsync(instance, _random.Next(1, 4));
                    break;
                case 5 or 6:
                    await RunJobAsync(instance);
                    break;
                case 7:
                    await PauseAsync(instance);
                    break;
                case 8:
                    await ResumeAsync(instance);
                    break;
                case 9:
                    await ReplayAsync(instance);
                    break;
                case 10 or 11:
                    await DoAsync(instance, "index", app => app.IndexAsync());
                    break;
                case 12:
                    await DoAsync(instance, "return", app => app.Get<StrandedParked>().RunAsync(default));
                    break;
                case 13:
                    _works = !_works;
                    Trace.Add($"receiver works: {_works}");
                    break;
                case 14:
                    await EndRunsAsync();
                    break;
                case 15:
                    await ReplayOneAsync(instance);
                    break;
                default:
                    _time.Advance(TimeSpan.FromSeconds(_random.Next(1, _random.Next(4) == 0 ? 5000 : 100)));
                    break;
            }

            _diesAt = 0;
        }

        /// <summary>All works again, and the timers run.</summary>
        public async Task CalmAsync(int rounds)
        {
            (_works, _tables.AnswerLost) = (true, null);
            for (var round = 0; round < rounds && !(round > 0 && IsOver); round++)
            {
                _time.Advance(TimeSpan.FromMinutes(2));
                if (round % 8 == 0)
                {
                    await ResumeAsync(0);
                    await ReplayAsync(0);
                }

                await DoAsync(0, "index", app => app.IndexAsync());
                await DoAsync(0, "return", app => app.Get<StrandedParked>().RunAsync(default));
                await DoAsync(0, "watch", app => app.Get<JobWatch>().RunAsync(default));
                for (var step = 0; step < 6; step++)
                {
                    await RunJobAsync(0);
                }

                await DeliverAsync(0, 100);
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var instance in _instances)
            {
                await instance.DisposeAsync();
            }

            await _receiver.DisposeAsync();
        }

        AppRig Make() => new(AppRig.ToThisMachine, services => services
            .AddSingleton<TimeProvider>(_time)
            .AddSingleton<TableServiceClient>(_tables)
            .AddSingleton<ServiceBusClient>(_bus));

        // The call at which a process dies never returns.
        Task CallAsync()
        {
            if (_diesAt == 0 || ++_calls != _diesAt)
            {
                return Task.CompletedTask;
            }

            _death.TrySetResult();
            return new TaskCompletionSource().Task;
        }

        async Task DoAsync(int instance, string what, Func<AppRig, Task> work)
        {
            Trace.Add($"{_time.GetUtcNow():HH:mm:ss} {instance} {what}");
            (_calls, _death) = (0, new TaskCompletionSource());
            var done = Task.Run(() => work(_instances[instance]));
            if (await Task.WhenAny(done, _death.Task) != done)
            {
                Trace.Add("  died");
                (_diesAt, _instances[instance]) = (0, Make());
                return;
            }

            _diesAt = 0;
            try
            {
                await done;
            }
            catch (Exception e)
            {
                Trace.Add($"  {e.GetType().Name}: {e.Message}");
            }
        }

        async Task PublishAsync()
        {
            _diesAt = 0;
            var (id, now) = ($"evt_{_published.Count}", _time.GetUtcNow());
            var delivery = Some.Delivery() with
            {
                EventId = id,
                DeliveryId = Some.DeliveryIdOf(id),
                AcceptedAt = now,
                LivesFrom = now,
                RunStartedAt = now,
                DueAt = now,
            };
            _published.Add(delivery.DeliveryId);
            await _instances[0].Get<DeliveryQueue>().SendAsync([delivery], default);
        }

        async Task DeliverAsync(int instance, int most)
        {
            for (var count = 0; count < most && Deliveries.Take(1) is [var message]; count++)
            {
                await DoAsync(instance, $"deliver {message.MessageId}", app =>
                    app.Get<DeliverFunction>().RunAsync(message, new Settling(Deliveries, CallAsync), default));
            }
        }

        // A receiver's outage that outlasts all runs.
        async Task EndRunsAsync()
        {
            for (var count = 0; count < 12; count++)
            {
                _time.Advance(TimeSpan.FromMinutes(5));
                await DeliverAsync(_random.Next(2), 30);
            }
        }

        async Task RunJobAsync(int instance)
        {
            if (JobSteps.Take(1) is [var message])
            {
                await DoAsync(instance, $"job {message.MessageId}", app =>
                    app.Get<RunJobFunction>().RunAsync(message, new Settling(JobSteps, CallAsync), default));
            }
        }

        Task PauseAsync(int instance) => DoAsync(instance, "pause", app =>
        {
            var request = Change("pause");
            return HttpCall.AnswerAsync(request, app.Get<PauseSubscriptionFunction>().RunAsync(
                request, Some.Tenant, Some.SubscriptionId, default));
        });

        Task ResumeAsync(int instance) => DoAsync(instance, "resume", app =>
        {
            var request = Change("resume");
            return HttpCall.AnswerAsync(request, app.Get<ResumeSubscriptionFunction>().RunAsync(
                request, Some.Tenant, Some.SubscriptionId, default));
        });

        Task ReplayAsync(int instance) => DoAsync(instance, "replay", app => app.Get<JobStarter>().StartAsync(
            new(Some.Tenant, JobKind.Replay, JobSource.DeliveriesDeadLetters, "{}"), default));

        async Task ReplayOneAsync(int instance)
        {
            if (Letters.Messages is [var letter, ..])
            {
                await DoAsync(instance, "replay one", app => app.Get<JobStarter>().StartAsync(
                    new(
                        Some.Tenant, JobKind.Replay, JobSource.DeliveriesDeadLetters,
                        DeadLetterFilter.One(letter.SequenceNumber).Write()),
                    default));
            }
        }

        static Microsoft.AspNetCore.Http.HttpRequest Change(string how)
        {
            var request = HttpCall.Of("POST", $"/api/tenants/{Some.Tenant}/subscriptions/x/{how}");
            request.Headers.IfMatch = "*";
            return request;
        }
    }

    // Settles as the host does, which tells of a lost lock in its own way.
    sealed class Settling(FakeQueue queue, Func<Task> before) : ServiceBusMessageActions
    {
        public override async Task CompleteMessageAsync(
            ServiceBusReceivedMessage message, CancellationToken cancellationToken = default)
        {
            await before();
            Settle(message);
        }

        public override async Task DeadLetterMessageAsync(
            ServiceBusReceivedMessage message, Dictionary<string, object>? propertiesToModify = null,
            string? deadLetterReason = null, string? deadLetterErrorDescription = null,
            CancellationToken cancellationToken = default)
        {
            await before();
            Settle(message);
            var letter = new ServiceBusMessage(message);
            foreach (var (name, value) in propertiesToModify ?? [])
            {
                letter.ApplicationProperties[name] = value;
            }

            queue.DeadLetters.Put(letter, message.EnqueuedTime, deadLetterReason, deadLetterErrorDescription);
        }

        void Settle(ServiceBusReceivedMessage message)
        {
            try
            {
                queue.Settle("complete", message);
            }
            catch (ServiceBusException)
            {
                throw new RpcException(new Status(StatusCode.Unknown, "(MessageLockLost)"));
            }
        }
    }
}
