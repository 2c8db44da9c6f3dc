using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Testing;
using Moq;

namespace Atrium.Functions.Tests;

public sealed class TablesAtStartTests : IAsyncDisposable
{
    static readonly string[] Everything = ["*"];

    readonly SubscriptionApi _app = new();

    public TablesAtStartTests()
    {
        Subscriptions.Drop();
        _app.Tables.Table(JobStore.TableName).Drop();
    }

    FakeTable Subscriptions => _app.Tables.Table(SubscriptionStore.TableName);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task The_tables_that_are_always_there_are_made_when_the_app_starts()
    {
        await RunAsync();

        Assert.Equal(["DeadLetters", "Jobs", "Subscriptions"], _app.Tables.Created);
    }

    [Fact]
    public async Task With_the_tables_away_the_app_starts_and_makes_them_once_they_are_back()
    {
        _app.Tables.Outage = Outages.Unavailable;
        var running = RunAsync();
        // A host runs it beside its start, so that it may not have tried when the start has ended.
        Assert.Equal(TablesAtStart.BetweenTries, await _app.Time.SkipAsync());
        Assert.Empty(_app.Tables.Created);

        _app.Tables.Outage = null;
        await _app.Time.SkipAllAsync(running);
        await running;

        Assert.Equal(["DeadLetters", "Jobs", "Subscriptions"], _app.Tables.Created);
    }

    [Fact]
    public async Task A_job_that_is_asked_for_before_the_tables_are_made_does_not_keep_them_from_being_made()
    {
        await Assert.ThrowsAsync<RequestFailedException>(() => _app.Get<JobStarter>().StartAsync(
            new(Some.Tenant, JobKind.Discard, JobSource.DeliveriesDeadLetters, "{}"), default));

        await RunAsync();

        Assert.Equal(["DeadLetters", "Jobs", "Subscriptions"], _app.Tables.Created);
        Assert.Empty(_app.Logged.Of<TablesAtStart>());
    }

    // An empty table would say that all subscriptions were deleted.
    [Fact]
    public async Task A_table_of_subscriptions_that_was_lost_is_not_made_again()
    {
        await RunAsync();
        Subscriptions.Drop();
        await RunAsync();

        Assert.Equal(["DeadLetters", "Jobs"], _app.Tables.Created);
        Assert.Contains("Restore it", Assert.Single(_app.Logged.Of<TablesAtStart>()), StringComparison.Ordinal);
        await Assert.ThrowsAsync<RequestFailedException>(
            () => _app.CreateAsync(new { url = "https://example.com/hook", events = Everything }));
        Assert.DoesNotContain(SubscriptionStore.TableName, _app.Tables.Created);
    }

    // All tables are gone when the account is. What waits in the queues would be dropped for want of a subscription.
    [Theory]
    [InlineData("{}", false)]
    [InlineData("", true)]
    [InlineData(null, true)]
    public async Task With_a_backup_of_subscriptions_no_empty_table_of_them_is_made(string? backup, bool isMade)
    {
        var blobs = new Mock<BlobContainerClient>();
        var pages = backup is null
            ? AsyncPageable<BlobItem>.FromPages([])
            : AsyncPageable<BlobItem>.FromPages([Page<BlobItem>.FromValues(
                [BlobsModelFactory.BlobItem(
                    "2026-11-29.jsonl",
                    properties: BlobsModelFactory.BlobItemProperties(false, contentLength: backup.Length))],
                null, Mock.Of<Response>())]);
        blobs.Setup(container => container.GetBlobsAsync(It.IsAny<GetBlobsOptions>(), It.IsAny<CancellationToken>()))
            .Returns(pages);
        var log = new FakeLogger<TablesAtStart>();
        using var service = new TablesAtStart(_app.Tables, new(blobs.Object), _app.Time, log);

        await service.StartAsync(default);
        await service.ExecuteTask!;

        Assert.Equal(isMade, _app.Tables.Created.Contains(SubscriptionStore.TableName));
        Assert.Equal(isMade ? 0 : 1, log.Collector.Count);
    }

    [Fact]
    public async Task A_stop_ends_it()
    {
        _app.Tables.Outage = Outages.Unavailable;
        using var service = _app.Get<TablesAtStart>();
        await service.StartAsync(CancellationToken.None);
        await _app.Time.SkipAsync();

        await service.StopAsync(CancellationToken.None);

        Assert.True(service.ExecuteTask!.IsCanceled);
    }

    async Task RunAsync()
    {
        var service = Assert.Single(_app.Get<IEnumerable<IHostedService>>().OfType<TablesAtStart>());
        await service.StartAsync(CancellationToken.None);
        await service.ExecuteTask!;
    }
}
