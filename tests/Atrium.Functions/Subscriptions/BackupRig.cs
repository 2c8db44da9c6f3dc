using System.Globalization;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.Tests.Fakes.Contracts;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Atrium.Functions.Tests.Subscriptions;

/// <summary>Backups and restores on Azurite's tables and blobs, with a container of their own.</summary>
sealed class BackupRig : IAsyncDisposable
{
    public const string Day = "2026-11-29";

    readonly RunningAzurite _azurite;
    readonly RunningBlobs _blobs;

    BackupRig(RunningAzurite azurite, RunningBlobs blobs) =>
        (_azurite, _blobs, Container) = (azurite, blobs, blobs.Container("backups"));

    public static DateOnly Date => DateOnly.Parse(Day, CultureInfo.InvariantCulture);

    public BlobContainerClient Container { get; }

    /// <summary>The backup of that day.</summary>
    public BlobClient Blob => Container.GetBlobClient($"{Day}.jsonl");

    public FakeTimeProvider Time { get; } =
        new(DateTimeOffset.Parse($"{Day}T02:15:00Z", CultureInfo.InvariantCulture));

    public TableServiceClient Tables => _azurite.Client;

    public TableClient Table => Tables.GetTableClient(SubscriptionStore.TableName);

    public static async Task<BackupRig> StartAsync(RunningAzurite azurite)
    {
        var rig = new BackupRig(azurite, await RunningBlobs.StartAsync(azurite));
        await rig.Container.CreateAsync();
        await rig.Table.CreateIfNotExistsAsync();
        await rig.Tables.GetTableClient(RestoreMark.TableName).CreateIfNotExistsAsync();
        return rig;
    }

    /// <summary>Two tenants have two each in the backup, and the table is gone.</summary>
    public async Task<FakeTables> LostAsync()
    {
        var rows = Enumerable.Range(1, 4)
            .Select(number => new TableEntity(number < 3 ? "t-a" : "t-b", $"sub_{number:x20}"));
        await Blob.UploadAsync(BinaryData.FromBytes(rows.SelectMany(BackupLine.Of).ToArray()));
        var tables = new FakeTables();
        tables.Table(SubscriptionStore.TableName).Drop();
        return tables;
    }

    public Task BackUpAsync() => BackupOf(Tables, Time).RunAsync(default);

    /// <param name="tables">What is backed up.</param>
    /// <param name="time">The clock of the mark.</param>
    public SubscriptionBackup BackupOf(TableServiceClient tables, TimeProvider time) => new(
        tables, new(Container), new RestoreMark(tables, time), Time, NullLogger<SubscriptionBackup>.Instance);

    /// <param name="tables">Where it comes back.</param>
    /// <param name="time">The clock of the mark.</param>
    public SubscriptionRestore RestoreOf(TableServiceClient tables, TimeProvider time) => new(
        tables, new(Container), new RestoreMark(tables, time), NullLogger<SubscriptionBackup>.Instance);

    public Task<RestoredSubscriptions?> RestoreAsync(FakeTables tables) =>
        RestoreOf(tables, new SteppedTime(Time.GetUtcNow()) { PassesAtOnce = _ => true }).RunAsync(Date, default);

    public async ValueTask DisposeAsync() => await _blobs.DisposeAsync();
}
