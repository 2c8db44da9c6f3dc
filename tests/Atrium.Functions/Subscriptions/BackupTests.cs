using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.Tests.Fakes.Contracts;
using Azure;
using Azure.Data.Tables;
using Azure.Storage.Sas;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atrium.Functions.Tests.Subscriptions;

/// <summary>Backups on Azurite's tables and blobs.</summary>
[Collection(SharedAzurite.Name)]
public sealed class BackupTests(RunningAzurite azurite) : IAsyncLifetime
{
    BackupRig _rig = null!;

    public async Task InitializeAsync() => _rig = await BackupRig.StartAsync(azurite);

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task There_is_one_backup_a_day_and_a_later_run_leaves_it()
    {
        await _rig.BackUpAsync();
        var first = (await _rig.Blob.GetPropertiesAsync()).Value.ETag;
        await _rig.BackUpAsync();
        Assert.Equal(first, (await _rig.Blob.GetPropertiesAsync()).Value.ETag);
        _rig.Time.Advance(TimeSpan.FromDays(1));
        await _rig.BackUpAsync();
        Assert.Equal(
            [$"{BackupRig.Day}.jsonl", "2026-11-30.jsonl"],
            await _rig.Container.GetBlobsAsync().Select(blob => blob.Name).ToListAsync());
    }

    // Nobody else reports it: a timer's work that an outage ended ends quietly.
    [Fact]
    public async Task A_backup_that_is_refused_is_logged_as_an_outage()
    {
        var log = new PrintedLog();
        var readable = _rig.Container.GenerateSasUri(
            BlobContainerSasPermissions.Read, new DateTimeOffset(2999, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
                [new(AzureClients.BackupUri, readable.ToString())]).Build())
            .AddSingleton(log.Outages()).AddAzureClients().BuildServiceProvider();
        var refused = services.GetRequiredService<BackupContainer>();

        await Assert.ThrowsAsync<RequestFailedException>(
            () => refused.Blobs!.GetBlobClient("a").UploadAsync(BinaryData.FromString("b")));
        Assert.StartsWith("Blob Storage fails: 403 ", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    // There is one a day: it would be taken for whole.
    [Fact]
    public async Task Of_a_table_that_is_being_restored_no_backup_is_made()
    {
        var tables = await _rig.LostAsync();
        await tables.Table(SubscriptionStore.TableName).CreateIfNotExistsAsync();
        var time = new SteppedTime(_rig.Time.GetUtcNow()) { PassesAtOnce = _ => true };
        await new RestoreMark(tables, time).SetAsync(default);
        _rig.Time.Advance(TimeSpan.FromDays(1));

        await Assert.ThrowsAsync<RequestFailedException>(() => _rig.BackupOf(tables, time).RunAsync(default));

        Assert.Single(await _rig.Container.GetBlobsAsync().ToListAsync());
    }

    [Fact]
    public async Task Without_a_container_nothing_is_read()
    {
        var tables = new FakeTables();
        await new SubscriptionBackup(
            tables, new(null), new RestoreMark(tables, _rig.Time), _rig.Time,
            NullLogger<SubscriptionBackup>.Instance).RunAsync(default);

        Assert.Empty(tables.Calls);
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void A_cell_of_each_type_is_read_as_it_was_written(object value)
    {
        var row = BackupLine.TryRow(System.Text.Encoding.UTF8.GetString(
            BackupLine.Of(new TableEntity("p", "r") { ["Cell"] = value, ["Write"] = "mark" })))!;
        Assert.Equal(("p", "r"), (row.PartitionKey, row.RowKey));
        Assert.Equal(value, row["Cell"]);
        Assert.False(row.ContainsKey("Write"));
    }

    public static TheoryData<object> Values() =>
        ["", "ü\u0001\"", true, int.MinValue, long.MaxValue, 0.1, double.NaN, Guid.Parse(new string('a', 32)),
            DateTimeOffset.UnixEpoch.AddTicks(7), new byte[] { 0, 255 }];
}
