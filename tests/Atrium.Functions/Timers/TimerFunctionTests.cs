using Atrium.Functions.DeadLetters;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes;
using Atrium.Functions.Tests.Telemetry;
using Atrium.Functions.Timers;
using Azure;
using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Moq;

namespace Atrium.Functions.Tests.Timers;

public sealed class TimerFunctionTests : IDisposable
{
    readonly AppRig _rig = new();
    readonly ListenedTrace _trace = new();

    public void Dispose()
    {
        _trace.Dispose();
        _rig.Dispose();
    }

    [Fact]
    public async Task KeepUp_indexes_measures_returns_what_is_parked_and_watches_jobs_each_with_a_span_of_its_own()
    {
        await RunAsync(_rig.Get<KeepUpFunction>().RunAsync);
        Assert.Equal(
            [
                SpanName.IndexDeadLetters, SpanName.MeasureQueues, SpanName.RebuildLostIndex, SpanName.ReturnParked,
                SpanName.WatchJobs,
            ],
            Spans);

        _rig.Time.Advance(KeepUp.Tick);
        await RunAsync(_rig.Get<KeepUpFunction>().RunAsync);
        Assert.Equal(2, Spans.Count(span => span == SpanName.IndexDeadLetters));
        Assert.Equal(6, Spans.Count());
    }

    [Fact]
    public async Task Nightly_backs_up_purges_and_discards_what_is_old_each_with_a_span_of_its_own()
    {
        await RunAsync(_rig.Get<NightlyFunction>().RunAsync);
        Assert.Equal(
            [
                SpanName.BackUpSubscriptions, SpanName.DiscardOldDeadLetters, SpanName.PurgeSecrets,
                SpanName.PurgeTables,
            ],
            Spans);
    }

    [Fact]
    public async Task A_night_walks_through_the_subscriptions_once_a_run_and_once_more_for_the_backup()
    {
        var blob = new Mock<BlobClient>();
        blob.SetupSequence(it => it.ExistsAsync(It.IsAny<CancellationToken>()))
            .ReturnsAsync(Response.FromValue(false, null!)).ReturnsAsync(Response.FromValue(true, null!));
        var container = new Mock<BlobContainerClient>();
        container.Setup(it => it.GetBlobClient(It.IsAny<string>())).Returns(blob.Object);
        await using var rig = new AppRig(
            replace: services => services.AddSingleton(new BackupContainer(container.Object)));
        var table = rig.Tables.Table(SubscriptionStore.TableName);

        await rig.Get<NightlyFunction>().RunAsync(new TimerInfo(), default);
        Assert.Equal(2, table.Walks);
        blob.Verify(it => it.UploadAsync(It.IsAny<Stream>(), true, It.IsAny<CancellationToken>()), Times.Once);

        await rig.Get<NightlyFunction>().RunAsync(new TimerInfo(), default);
        Assert.Equal(3, table.Walks);
    }

    [Fact]
    public async Task What_fails_at_night_keeps_nothing_else()
    {
        _rig.Vault.Before = _ => throw new InvalidOperationException("A bug.");
        var failed = await Assert.ThrowsAsync<AggregateException>(() => RunAsync(_rig.Get<NightlyFunction>().RunAsync));
        Assert.Equal(
            "1 of 4 failed: PurgeSecrets. (1 of 2 failed: list of secrets. (A bug.))", failed.Message);
        Assert.Equal(JobSources.All.Count, _rig.Bus.Sender(Queues.Jobs).Sent.Count);
    }

    [Fact]
    public async Task RebuildIndex_has_its_span()
    {
        await RunAsync(_rig.Get<RebuildIndexFunction>().RunAsync);
        Assert.Equal([SpanName.RebuildIndex], Spans);
    }

    IEnumerable<string> Spans => _trace.Ended.Select(span => span.DisplayName).Order(StringComparer.Ordinal);

    async Task RunAsync(Func<TimerInfo, CancellationToken, Task> timer)
    {
        using var host = _trace.Begin("function");
        await timer(new TimerInfo(), default);
    }
}
