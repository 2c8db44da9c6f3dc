using Atrium.Functions.Tests.Fakes;
using Azure.Data.Tables;
using Microsoft.Extensions.Hosting;

namespace Atrium.Functions.Tests;

public sealed class TablesAtStartTests : IAsyncDisposable
{
    static readonly string[] Everything = ["*"];

    readonly SubscriptionApi _app = new();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task The_tables_that_are_always_there_are_made_when_the_app_starts()
    {
        await RunAsync();

        Assert.Equal(["DeadLetters", "Jobs", "Subscriptions"], _app.Tables.Created);
    }

    [Fact]
    public async Task With_the_tables_away_the_app_starts_and_makes_each_with_its_first_row()
    {
        _app.Tables.Outage = Outages.Unavailable;
        await RunAsync();
        _app.Tables.Outage = null;
        Assert.Empty(_app.Tables.Created);

        await _app.CreateAsync(new { url = "https://example.com/hook", events = Everything });

        Assert.Equal(["Subscriptions"], _app.Tables.Created);
    }

    [Fact]
    public async Task A_stop_ends_it()
    {
        var service = new TablesAtStart(_app.Get<TableServiceClient>());
        using var stopping = new CancellationTokenSource();
        await stopping.CancelAsync();

        await service.StartAsync(stopping.Token);

        Assert.Empty(_app.Tables.Calls);
    }

    async Task RunAsync()
    {
        var service = Assert.Single(_app.Get<IEnumerable<IHostedService>>().OfType<TablesAtStart>());
        await service.StartAsync(CancellationToken.None);
        await service.ExecuteTask!;
    }
}
