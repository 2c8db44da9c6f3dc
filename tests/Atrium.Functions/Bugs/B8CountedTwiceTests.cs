using Atrium.Functions.Jobs;
using Atrium.Functions.Tests.Fakes;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.DependencyInjection;

namespace Atrium.Functions.Tests.Bugs;

/// <summary>
/// A dead letter was counted and logged before it was settled, and once more when the settlement had failed and the
/// message came again. A list of one job read a page of a thousand rows.
/// </summary>
public sealed class B8CountedTwiceTests
{
    [Theory]
    [MemberData(nameof(SettlementFaults.Names), MemberType = typeof(SettlementFaults))]
    public async Task A_dead_letter_is_counted_and_logged_once_it_is_one(string fault)
    {
        using var seen = new CollectedMetrics();
        await using var rig = await DeliveryRig.StartAsync(services => services.AddSingleton(seen.Metrics));
        rig.Actions.Fault = SettlementFaults.Of(fault);
        await rig.RunAsync(Some.Received(new ServiceBusMessage("no delivery")));
        Assert.Empty(seen.Of("webhook.dead_letters"));
        rig.Actions.Fault = null;
        await rig.RunAsync(Some.Received(new ServiceBusMessage("no delivery")));

        Assert.Equal([1], seen.Of("webhook.dead_letters", "queue=deliveries", "reason=InvalidDelivery"));
        Assert.Single(
            rig.Logged.Lines, line => line.Contains("goes to the dead-letter queue", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_of_jobs_asks_the_table_for_no_more_rows_than_it_shows()
    {
        await using var rig = new JobRig();
        for (var number = 0; number < 5; number++)
        {
            await rig.StartAsync();
            rig.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await rig.Jobs.ListAsync(Some.Tenant, null, 2, default).Take(2).ToListAsync();
        await rig.Jobs.FindNewestAsync(Some.Tenant, JobKind.Replay, "{}", default);

        Assert.Equal([2, 1], rig.Tables.Table(JobStore.TableName).PageSizes.TakeLast(2));
    }
}
