using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Events;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Operations;
using Atrium.Functions.Portal;
using Atrium.Functions.Secrets;
using Atrium.Functions.Storage;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure.Data.Tables;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Faults;

/// <summary>The app's stores as one tenant, whom nobody else has, sees them.</summary>
sealed class StoreCase(FaultyStores client, string tenant) : IAsyncDisposable
{
    public const string JobKey = "k";

    public static readonly CreationKey Key = new($"{CreationKey.Prefix}k", "fingerprint");

    readonly AppRig _app = new(
        replace: services => services.AddSingleton(client.Tables).AddSingleton(client.Vault)
            .AddSingleton(new BackupContainer(client.Blobs(tenant)))
            .AddSingleton(new RestoreMark(
                client.Tables, new SteppedTime(Some.Time) { PassesAtOnce = wait => wait == 2 * RestoreMark.KeptFor })));

    Job? _job;

    public FaultyStores Client => client;

    public string Tenant => tenant;

    public FakeTimeProvider Time => _app.Time;

    public TableServiceClient Tables => client.Tables;

    public SubscriptionStore Subscriptions => _app.Get<SubscriptionStore>();

    public SubscriptionAdmissions Admissions => _app.Get<SubscriptionAdmissions>();

    public JobStore Jobs => _app.Get<JobStore>();

    public DeadLetterIndex Index => _app.Get<DeadLetterIndex>();

    public IndexStates States => _app.Get<IndexStates>();

    /// <summary>What lies parked.</summary>
    public DeadLetter Letter => new()
    {
        Queue = Queues.Parked,
        Tenant = Tenant,
        SequenceNumber = "7",
        SubscriptionId = Some.SubscriptionId,
        Reason = null,
        Description = null,
        FailedAt = Some.Time,
        Size = 1,
    };

    /// <returns>How many messages the index has, and for how many subscriptions.</returns>
    public async Task<(int Messages, int Subscriptions)> IndexedAsync(CancellationToken cancellationToken) => (
        await Index.QueryAsync(Tenant, new IndexRange(JobSource.Parked), null, cancellationToken)
            .CountAsync(row => row.Letter == Letter, cancellationToken),
        await Index.ParkedAsync(cancellationToken).CountAsync(mark => mark.Tenant == Tenant, cancellationToken));

    public JobStarter Starter => _app.Get<JobStarter>();

    public AttemptLog Attempts => _app.Get<AttemptLog>();

    public SecretVault Vault => _app.Get<SecretVault>();

    public SubscriptionBackup Backup => _app.Get<SubscriptionBackup>();

    public SubscriptionRestore Restore => _app.Get<SubscriptionRestore>();

    public FailureWatch Failures => _app.Get<FailureWatch>();

    public PortalExpiry Expiry => _app.Get<PortalExpiry>();

    public SubscriptionChanges Changes => _app.Get<SubscriptionChanges>();

    /// <summary>The tenant's subscription, as its secrets in the vault name it.</summary>
    public SecretOwner Owner => new(Tenant, Some.SubscriptionId);

    /// <summary>Steps sent to the queue <c>jobs</c>.</summary>
    public IReadOnlyList<ServiceBusMessage> Sent => _app.Bus.Sender(Queues.Jobs).Sent;

    /// <summary>How many notices were sent, copies left out.</summary>
    public int Notices => _app.Bus.Sender(Queues.Deliveries).Sent.DistinctBy(sent => sent.MessageId).Count();

    /// <summary>Ids of events sent.</summary>
    public List<string> Events { get; } = [];

    /// <summary>The job that was started.</summary>
    public Job Job => _job!;

    public SecretReference? Secret { get; set; }

    /// <summary>Of the session that was begun.</summary>
    public string? Token { get; set; }

    public async Task SubscribeAsync()
    {
        var open = Assert.IsType<Admission.Open>(await Admissions.AskAsync(Tenant, null, default));
        Assert.NotNull(await Admissions.AddAsync(Some.Subscription() with { Tenant = Tenant }, null, open, default));
    }

    /// <summary>Adds one under a key; each time with another id, as the app does.</summary>
    public async Task<bool> AddSubscriptionAsync(CancellationToken cancellationToken) =>
        await Admissions.AskAsync(Tenant, Key, cancellationToken) switch
        {
            Admission.Made => true,
            Admission.Open open => await Admissions.AddAsync(
                Some.Subscription($"{SubscriptionId.Prefix}{Guid.NewGuid():n}") with { Tenant = Tenant }, Key, open,
                    cancellationToken) is not null,
            var other => throw new InvalidOperationException($"{other}"),
        };

    public Task<TableEntity?> KeyOfSubscriptionAsync() =>
        new TableGateway(Tables, SubscriptionStore.TableName).FindAsync(Tenant, Key.Row, default);

    public Task<JobStarter.Result> StartJobAsync(CancellationToken cancellationToken) =>
        Starter.StartAsync(
            new(Tenant, JobKind.Replay, JobSource.Parked, "{}") { Key = JobKey }, cancellationToken);

    public async Task StartJobAsync() =>
        _job = await JobAsync(Assert.IsType<JobStarter.Result.Started>(await StartJobAsync(default)).Job.Id, default);

    public async Task MakeUnpreparedJobAsync()
    {
        await StartJobAsync();
        _job = Job with { Id = JobId.Draw(Some.Time), KeyRow = null, IsPrepared = false };
        Assert.True(await Jobs.TryAddAsync(Job, "", default));
    }

    public Task<Job?> JobAsync(CancellationToken cancellationToken) => JobAsync(Job.Id, cancellationToken);

    /// <summary>The mark of the job, which is under way.</summary>
    public JobMark Mark => new("@underway", Job.Id, Tenant, Job.Id, Job.CreatedAt);

    /// <returns>How many marks the tenant's jobs have that are under way, and that have ended.</returns>
    public async Task<(int UnderWay, int Ended)> MarksAsync() => (
        await Jobs.UnderWayAsync(default).CountAsync(mark => mark.Tenant == Tenant),
        await Jobs.EndedUntilAsync(Some.Time.AddDays(1), default).CountAsync(mark => mark.Tenant == Tenant));

    public Task<TableEntity?> KeyOfJobAsync(CancellationToken cancellationToken) =>
        new TableGateway(Tables, JobStore.TableName).FindAsync(Tenant, Job.KeyRow!, cancellationToken);

    public async Task SpoilKeyOfJobAsync()
    {
        await StartJobAsync();
        await Tables.GetTableClient(JobStore.TableName).UpsertEntityAsync(
            new TableEntity(Tenant, Job.KeyRow!) { ["JobOfKey"] = 5 });
    }

    public AttemptRecord Of(AttemptRecord record) => record with { Tenant = Tenant };

    /// <returns>The outcome that stands in the log.</returns>
    public async Task<AttemptOutcome> RecordAsync(AttemptRecord record) =>
        (await Attempts.RecordAsync(Some.Delivery() with { Tenant = Tenant }, Of(record))).Outcome;

    /// <summary>Asserts that these and no others are in the log, and in the list.</summary>
    public async Task HasRowsAsync(params AttemptRecord[] records)
    {
        var partition = AttemptTable.Partition(Tenant, Some.SubscriptionId);
        var rows = await Tables.GetTableClient(AttemptTable.Name(Some.Time))
            .QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {partition}"))
            .ToListAsync();
        Assert.Equal(2 * records.Length, rows.Count);
        var read = await Attempts.ReadAsync(Some.Delivery() with { Tenant = Tenant }, default);
        Assert.Equal(
            records.Select(record => (record.Attempt, record.Outcome)),
            read.Select(record => (record.Attempt, record.Outcome)).Order());
    }

    public Task<bool> SendEventAsync(string eventId, CancellationToken cancellationToken) =>
        _app.Get<EventKeys>().TrySendAsync(
            Tenant,
            "k",
            eventId,
            () =>
            {
                Events.Add(eventId);
                return Task.CompletedTask;
            },
            cancellationToken);

    public async Task StoreAsync() => Secret = await Vault.StoreAsync(Some.Owner, Some.Secret, default);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    public async Task StoreAsync(IReadOnlyDictionary<string, string> headers) =>
        Secret = await Vault.StoreAsync(Some.Owner, headers, default);

    public async Task SubscribeWithSecretAsync()
    {
        var open = Assert.IsType<Admission.Open>(await Admissions.AskAsync(Tenant, null, default));
        var secret = await Vault.StoreAsync(Owner, Some.Secret, default);
        var wanted = Some.Subscription() with { Tenant = Tenant, Secret = secret };
        Assert.NotNull(await Admissions.AddAsync(wanted, null, open, default));
    }

    /// <summary>How the stores are, by the health check.</summary>
    public async Task<IEnumerable<DependencyHealth>> HealthAsync(CancellationToken cancellationToken)
    {
        var all = await _app.Get<HealthCheck>().AskAsync(cancellationToken);
        return all.Where(one => !one.Name.StartsWith("queue", StringComparison.Ordinal));
    }

    Task<Job?> JobAsync(string id, CancellationToken cancellationToken) =>
        Jobs.FindAsync(Tenant, id, cancellationToken);
}
