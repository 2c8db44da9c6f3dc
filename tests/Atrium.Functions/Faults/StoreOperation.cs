using Atrium.Functions.AttemptHistory;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Events;
using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Atrium.Functions.Secrets;
using Atrium.Functions.Storage;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Functions.Tests.Faults;

/// <summary>A call of the app's to a store, as the app makes it, and makes it again when it failed.</summary>
/// <param name="Run">Makes it; whether it reports success.</param>
/// <param name="Check">Asserts that it took effect, once.</param>
/// <param name="Given">What is there before.</param>
sealed record StoreOperation(
    Func<StoreCase, CancellationToken, Task<bool>> Run,
    Func<StoreCase, Task> Check,
    Func<StoreCase, Task>? Given = null)
{
    // Of the same week, and after the broker has forgotten what came before.
    static readonly DateTimeOffset Later = Some.Time.AddHours(1.1);

    static readonly AttemptRecord First = Some.Record() with { Outcome = AttemptOutcome.Delivered };

    public static readonly IReadOnlyDictionary<string, StoreOperation> ByName = new Dictionary<string, StoreOperation>
    {
        ["find a subscription"] = new(
            async (it, token) =>
                (await it.Subscriptions.FindAsync(it.Tenant, Some.SubscriptionId, token))!.Id == Some.SubscriptionId,
            NothingToCheck,
            it => it.SubscribeAsync()),
        ["list subscriptions"] = new(
            async (it, token) => (await it.Subscriptions.ListAsync(it.Tenant, token)).Count == 1, NothingToCheck,
                it => it.SubscribeAsync()),
        ["add a subscription"] = new(
            (it, token) => it.AddSubscriptionAsync(token),
            async it =>
            {
                var made = Assert.Single(await it.Subscriptions.ListAsync(it.Tenant, default)).Id;
                var again = await it.Admissions.AskAsync(it.Tenant, StoreCase.Key, default);
                Assert.Equal(made, Assert.IsType<Admission.Made>(again).Subscription.Id);
            }),
        ["add a second subscription"] = new(
            (it, token) => it.AddSubscriptionAsync(token),
            async it => Assert.Equal(2, (await it.Subscriptions.ListAsync(it.Tenant, default)).Count),
            it => it.SubscribeAsync()),
        ["change a subscription"] = new(
            async (it, token) => await it.Subscriptions.FindAsync(it.Tenant, Some.SubscriptionId, token) is { } found
                && await it.Subscriptions.ReplaceAsync(found with { Name = "changed" }, token) is not null,
            async it =>
                Assert.Equal("changed", Assert.Single(await it.Subscriptions.ListAsync(it.Tenant, default)).Name),
            it => it.SubscribeAsync()),
        ["remove a subscription"] = new(
            async (it, token) =>
                await it.Subscriptions.FindAsync(it.Tenant, Some.SubscriptionId, token) is not { } found
                || await it.Subscriptions.RemoveAsync(found, token),
            async it => Assert.Empty(await it.Subscriptions.ListAsync(it.Tenant, default)),
            it => it.SubscribeAsync()),
        ["purge the keys of subscriptions"] = new(
            async (it, token) =>
            {
                var failures = new FailureCollector(token);
                await it.Admissions.PurgeKeysAsync(failures, token);
                failures.Complete();
                return await it.KeyOfSubscriptionAsync() is null;
            },
            async it => Assert.Null(await it.KeyOfSubscriptionAsync()),
            async it =>
            {
                await it.AddSubscriptionAsync(default);
                it.Time.Advance(IdempotencyKey.KeptFor);
            }),
        ["start a job"] = new(
            async (it, token) => await it.StartJobAsync(token) is JobStarter.Result.Started,
            async it =>
            {
                var job = Assert.Single(await it.Jobs.ListAsync(it.Tenant, null, 10, default).ToListAsync());
                Assert.Equal(JobMessage.Of(job).MessageId,
                    Assert.Single(it.Sent.DistinctBy(sent => sent.MessageId)).MessageId);
                Assert.Equal(job.Id, Assert.IsType<JobStarter.Result.Started>(await it.StartJobAsync(default)).Job.Id);
            }),
        ["mark a job as prepared"] = new(
            async (it, token) =>
            {
                await it.Jobs.MarkPreparedAsync(it.Job, token);
                return true;
            },
            async it => Assert.True((await it.JobAsync(default))!.IsPrepared),
            it => it.MakeUnpreparedJobAsync()),
        ["record a step"] = new(
            async (it, token) => await it.JobAsync(token) is { Step: 1 } || await it.Jobs.ChangeAsync(
                it.Job, now =>
                    now.Step == 0 ? now with { Step = 1, Counts = now.Counts.With(new JobCounts(7, 0)) } : null,
                    token) is not null,
            async it =>
                Assert.Equal((1, 7), (await it.JobAsync(default) is { } job ? (job.Step, job.Counts.Taken) : default)),
            it => it.StartJobAsync()),
        ["count in a step"] = new(
            async (it, token) => await it.JobAsync(token) is { Counts.Taken: 7 }
                || await it.Jobs.AdvanceAsync(it.Job, new JobCounts(7, 0), JobPlace.Start, token) is not null,
            async it => Assert.Equal(7, (await it.JobAsync(default))!.Counts.Taken),
            it => it.StartJobAsync()),
        ["read jobs"] = new(
            async (it, token) => await it.JobAsync(token) is not null
                && await it.Starter.IsKnownAsync(it.Tenant, StoreCase.JobKey, token)
                && await it.Jobs.ListAsync(it.Tenant, null, 10, token).CountAsync(token) == 1
                && await it.Jobs.UnfinishedAsync(it.Tenant, token).CountAsync(token) == 1
                && await it.Jobs.UnderWayAsync(token).AnyAsync(mark => mark.Tenant == it.Tenant, token)
                && !await it.Jobs.EndedUntilAsync(Some.Time.AddDays(1), token)
                    .AnyAsync(job => job.Tenant == it.Tenant, token)
                && await it.Jobs.FindNewestAsync(it.Tenant, JobKind.Replay, "{}", token) is not null,
            NothingToCheck,
            it => it.StartJobAsync()),
        ["remove a job"] = new(
            async (it, token) =>
            {
                await it.Jobs.RemoveAsync(it.Job, token);
                return true;
            },
            async it =>
            {
                Assert.Null(await it.JobAsync(default));
                Assert.False(await it.Starter.IsKnownAsync(it.Tenant, StoreCase.JobKey, default));
            },
            it => it.StartJobAsync()),
        ["index messages"] = new(
            async (it, token) =>
            {
                await it.Index.AddAsync(JobSource.Parked, [it.Letter], Some.Time, token);
                return true;
            },
            async it => Assert.Equal((1, 1), await it.IndexedAsync(default))),
        ["see messages of the index again"] = new(
            async (it, token) =>
            {
                await it.Index.SeeAgainAsync(JobSource.Parked, [it.Letter], Some.Time, token);
                return true;
            },
            async it => Assert.Equal((1, 1), await it.IndexedAsync(default)),
            it => it.Index.AddAsync(JobSource.Parked, [it.Letter], Some.Time, default)),
        ["change messages of the index"] = new(
            async (it, token) =>
            {
                await it.Index.RewriteAsync(
                    JobSource.Parked, [IndexRow.Of(JobSource.Parked, it.Letter)], Some.Time, token);
                return true;
            },
            async it => Assert.Equal((1, 1), await it.IndexedAsync(default)),
            it => it.Index.AddAsync(JobSource.Parked, [it.Letter], Some.Time, default)),
        ["take messages out of the index"] = new(
            async (it, token) =>
            {
                await it.Index.RemoveAsync([IndexRow.Of(JobSource.Parked, it.Letter)], token);
                return true;
            },
            async it => Assert.Equal((0, 1), await it.IndexedAsync(default)),
            it => it.Index.AddAsync(JobSource.Parked, [it.Letter], Some.Time, default)),
        ["read the index"] = new(
            async (it, token) => await it.IndexedAsync(token) == (1, 1)
                && await it.Index.TenantsAsync("", token).ContainsAsync(it.Tenant, cancellationToken: token)
                && await it.Index.CountAsync(it.Tenant, new IndexRange(JobSource.Parked), token) == 1
                && (await it.Index.ExpectAsync(it.Tenant, new IndexRange(JobSource.Parked), token)).Count == 1
                && await it.Index.CountBySubscriptionAsync(it.Tenant, JobSource.Parked, token) is { IsComplete: true }
                && await it.Index.CountParkedAsync(it.Tenant, [Some.SubscriptionId], token) is { IsComplete: true },
            NothingToCheck,
            it => it.Index.AddAsync(JobSource.Parked, [it.Letter], Some.Time, default)),
        ["begin the index"] = new(
            async (it, token) => await it.States.BeginAsync(JobSource.Parked, token)
                is { IsWalked: false, IndexedAt: null },
            async it => Assert.Null(await it.States.IndexedAtAsync(JobSource.Parked, default))),
        ["note how far the index is"] = new(
            async (it, token) =>
            {
                var state = await it.States.BeginAsync(JobSource.Parked, default);
                return await it.States.NoteAsync(state with { IndexedAt = Some.Time }, token) is not null;
            },
            async it => Assert.Equal(Some.Time, await it.States.IndexedAtAsync(JobSource.Parked, default))),
        ["note a run of the index"] = new(
            async (it, token) =>
            {
                var state = await it.States.BeginAsync(JobSource.Parked, token);
                var walked = await it.States.NoteWalkedAsync(state, token);
                await it.States.NoteAsync(walked with { Runs = [] }, token);
                var begun = await it.States.BeginRunAsync(walked, Some.Time, token);
                return await it.States.EndRunAsync(begun, Some.Time, Some.Time, Some.Time, token);
            },
            async it => Assert.Equal(Some.Time, await it.States.IndexedAtAsync(JobSource.Parked, default))),
        ["record an attempt"] = new(
            async (it, token) => await it.RecordAsync(First) == AttemptOutcome.Delivered,
            it => it.HasRowsAsync(First)),
        ["record the first attempt of a week"] = new(
            async (it, token) => await it.RecordAsync(First) == AttemptOutcome.Delivered,
            it => it.HasRowsAsync(First),
            it => it.Client.EmptyAsync()),
        ["record an attempt that is there"] = new(
            async (it, token) =>
                await it.RecordAsync(First with { Outcome = AttemptOutcome.Retrying }) == AttemptOutcome.Delivered,
            it => it.HasRowsAsync(First),
            it => it.RecordAsync(First)),
        ["record an attempt of an event that is published again"] = new(
            async (it, token) => await it.Attempts.RecordAsync(
                Some.Delivery() with { Tenant = it.Tenant, AcceptedAt = Later, RunStartedAt = Later },
                it.Of(Some.Record() with { RunStartedAt = Later })) is { Run: 2, Outcome: AttemptOutcome.Retrying },
            it => it.HasRowsAsync(
                Some.Record(AttemptOutcome.Retrying, run: 2), Some.Record(AttemptOutcome.DeadLettered)),
            it => it.RecordAsync(Some.Record(AttemptOutcome.DeadLettered))),
        ["record attempts together"] = new(
            async (it, token) =>
            {
                var pending = Enumerable.Range(1, 3)
                    .Select(attempt => new PendingAttempt(it.Of(Some.Record(attempt: attempt))))
                    .ToList();
                var table = new TableGateway(it.Tables, AttemptTable.Name(Some.Time));
                await new AttemptTransaction(table).WriteAsync([.. pending]);
                var stored = await Task.WhenAll(pending.Select(one => one.Stored.Task));
                return stored[1].Outcome == AttemptOutcome.Delivered;
            },
            it => it.HasRowsAsync(Some.Record(),
                First with { Attempt = 2, StartedAt = Some.Record(attempt: 2).StartedAt }, Some.Record(attempt: 3)),
            it => it.RecordAsync(First with { Attempt = 2, StartedAt = Some.Record(attempt: 2).StartedAt })),
        ["read a delivery's attempts"] = new(
            async (it, token) =>
                (await it.Attempts.ReadAsync(Some.Delivery() with { Tenant = it.Tenant }, token)).Count == 1
                && (await it.Attempts.ReadAsync(it.Tenant, Some.SubscriptionId, Some.DeliveryId, token)).Count == 1,
            NothingToCheck,
            it => it.RecordAsync(First)),
        ["list a subscription's attempts"] = new(
            async (it, token) =>
            {
                var filter = new AttemptFilter(10);
                var slice = await new AttemptReader(it.Tables, it.Time)
                    .ListAsync(it.Tenant, Some.SubscriptionId, filter, null, token);
                return slice is { Attempts: [{ Outcome: AttemptOutcome.Delivered }], GoesOnAfter: null };
            },
            NothingToCheck,
            it => it.RecordAsync(First)),
        ["read a subscription's attempts for an overview"] = new(
            async (it, token) =>
            {
                var reader = new AttemptReader(it.Tables, it.Time);
                var recent = await reader.RecentAsync(it.Tenant, Some.SubscriptionId, Some.Time, token);
                var before = await reader.NewestBeforeAsync(
                    it.Tenant, Some.SubscriptionId, Some.Time.AddMinutes(1), AttemptOutcome.Delivered, token);
                return recent is { IsComplete: true, Attempts: [{ Outcome: AttemptOutcome.Delivered }] }
                    && before is { Outcome: AttemptOutcome.Delivered };
            },
            NothingToCheck,
            it => it.RecordAsync(First)),
        ["send an event under a key"] = new((it, token) => it.SendEventAsync(Some.EventId, token), IsSentAsync),
        ["send an event under a key in the first day of a week"] = new(
            (it, token) => it.SendEventAsync(Some.EventId, token), IsSentAsync, it =>
            {
                it.Time.SetUtcNow(it.Time.GetUtcNow().Date.AddDays(5));
                return Task.CompletedTask;
            }),
        ["send an event under a key whose time has passed"] = new(
            (it, token) => it.SendEventAsync(Some.EventId, token), IsSentAsync, async it =>
            {
                await it.SendEventAsync("evt_earlier", default);
                it.Events.Clear();
                it.Time.Advance(IdempotencyKey.KeptFor);
            }),
        ["make the tables at start"] = new(
            async (it, token) =>
            {
                var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var clock = new SteppedTime(Some.Time) { PassesAtOnce = _ => !waits.TrySetResult() && false };
                using var start = new TablesAtStart(
                    it.Tables, new BackupContainer(it.Client.Blobs(it.Tenant)), clock,
                    NullLogger<TablesAtStart>.Instance);
                await start.StartAsync(token);
                await await Task.WhenAny(start.ExecuteTask!, waits.Task);
                return start.ExecuteTask!.IsCompletedSuccessfully;
            },
            it => it.SubscribeAsync(),
            async it =>
            {
                await it.Tables.DeleteTableAsync(SubscriptionStore.TableName);
                await it.Tables.DeleteTableAsync(JobStore.TableName);
            }),
        ["drop old tables"] = new(
            async (it, token) =>
            {
                var log = NullLogger<TablePurge>.Instance;
                await new TablePurge([AttemptTable.Weeks, EventKeys.Weeks], it.Tables, it.Time, log)
                    .RunAsync(token);
                return true;
            },
            async it => Assert.False(
                await it.Tables.QueryAsync().AnyAsync(table => table.Name.Contains("2020W", StringComparison.Ordinal))),
            async it =>
            {
                await it.Tables.GetTableClient("Attempts2020W01").CreateIfNotExistsAsync();
                await it.Tables.GetTableClient("EventKeys2020W02").CreateIfNotExistsAsync();
            }),
        ["store a secret"] = new(
            async (it, token) => (it.Secret = await it.Vault.StoreAsync(Some.Owner, Some.Secret, token)) is not null,
            async it =>
                Assert.Equal(Some.Secret.Reveal(), (await it.Vault.ReadSecretAsync(it.Secret!, default))!.Reveal())),
        ["read a secret"] = new(
            async (it, token) => (await it.Vault.ReadSecretAsync(it.Secret!, token))!.Reveal() == Some.Secret.Reveal(),
                NothingToCheck, it => it.StoreAsync()),
        ["sign"] = new(
            async (it, token) =>
            {
                using var keys = new SigningKeys(
                    it.Vault, Some.Metrics(), it.Time, NullLogger<SigningKeys>.Instance);
                var signing = await keys.GetAsync(new SigningReferences(it.Secret!, []), token);
                return signing.Single().Reveal() == Some.Secret.Reveal();
            },
            NothingToCheck,
            it => it.StoreAsync()),
        ["store headers"] = new(
            async (it, token) => (it.Secret = await it.Vault.StoreAsync(Some.Owner, Headers, token)) is not null,
            async it => Assert.Equal(Headers, await it.Vault.ReadHeadersAsync(it.Secret!, default))),
        ["read headers"] = new(
            async (it, token) => (await it.Vault.ReadHeadersAsync(it.Secret!, token))!.Count == Headers.Count,
            NothingToCheck,
            it => it.StoreAsync(Headers)),
        ["fill in headers"] = new(
            async (it, token) =>
            {
                using var values = new HeaderValues(it.Vault, Some.Metrics(), it.Time);
                return (await values.GetAsync(it.Secret, token)).Count == Headers.Count;
            },
            NothingToCheck,
            it => it.StoreAsync(Headers)),
        ["rotate a subscription's secret"] = new(
            async (it, token) =>
            {
                var found = (await it.Subscriptions.FindAsync(it.Tenant, Some.SubscriptionId, token))!;
                var secret = await it.Vault.StoreAsync(it.Owner, Some.OtherSecret, token);
                return await it.Changes.SaveAsync(found, found with { Secret = secret }, token) is not null;
            },
            async it =>
            {
                var named = Assert.Single(await it.Subscriptions.ListAsync(it.Tenant, default)).Secret!;
                Assert.Equal(Some.OtherSecret.Reveal(), (await it.Vault.ReadSecretAsync(named, default))!.Reveal());
            },
            it => it.SubscribeWithSecretAsync()),
        ["remove a subscription with its secret"] = new(
            async (it, token) =>
                await it.Subscriptions.FindAsync(it.Tenant, Some.SubscriptionId, token) is not { } found
                || await it.Changes.RemoveAsync(found, token),
            async it => Assert.Empty(await it.Subscriptions.ListAsync(it.Tenant, default)),
            it => it.SubscribeWithSecretAsync()),
        ["ask how the stores are"] = new(
            async (it, token) => (await it.HealthAsync(token)).All(one => one.Healthy), NothingToCheck,
            it => it.Client.Blobs(it.Tenant).CreateAsync()),
        ["remove a secret"] = new(
            async (it, token) =>
            {
                await it.Vault.RemoveAsync(it.Secret!.Name, token);
                return true;
            },
            async it => Assert.Null(await it.Vault.ReadSecretAsync(it.Secret!, default)),
            it => it.StoreAsync()),
        ["list secrets"] = new(
            async (it, token) =>
                await it.Vault.ListAsync(token).CountAsync(secret => secret.Name == it.Secret!.Name, token) == 1,
                NothingToCheck, it => it.StoreAsync()),
    }.Concat(MarkOperations.All).Concat(PortalOperations.All).Concat(BackupOperations.All).Concat(FailureOperations.All)
        .ToDictionary();

    static Dictionary<string, string> Headers => new() { ["X-Key"] = "value", ["X-Other"] = "ß" };

    static Task NothingToCheck(StoreCase it) => Task.CompletedTask;

    static async Task IsSentAsync(StoreCase it)
    {
        Assert.NotEmpty(it.Events);
        Assert.All(it.Events, sent => Assert.Equal(Some.EventId, sent));
        Assert.False(await it.SendEventAsync("evt_other", default));
        Assert.All(it.Events, sent => Assert.Equal(Some.EventId, sent));
    }
}
