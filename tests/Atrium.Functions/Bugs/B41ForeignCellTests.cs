using System.Net;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.AttemptHistory;
using Atrium.Functions.Tests.Deliveries;
using Atrium.Functions.Tests.Fakes;
using Azure.Data.Tables;
using static Atrium.Functions.Tests.Bugs.ForeignCells;

namespace Atrium.Functions.Tests.Bugs;

/// <summary>
/// One cell of an attempt that was missing, or held another type, made its delivery fail ten times and the
/// subscription's list answer 500.
/// </summary>
public sealed class B41ForeignCellTests
{
    public static TheoryData<string> AttemptColumns => [.. ColumnsOf(
        AttemptEntity.ToEntity(LongestRecord.Make(), "row"))];

    [Theory]
    [MemberData(nameof(AttemptColumns))]
    public async Task An_attempt_with_a_foreign_cell_is_settled_and_listed(string column)
    {
        foreach (var value in Foreign)
        {
            await using var rig = await DeliveryRig.StartAsync();
            var record = Some.Record(attempt: 2);
            await rig.Attempts.AddAsync(record);
            var table = rig.Tables.Table(AttemptTable.Name(record.RunStartedAt));
            foreach (var row in table.Rows)
            {
                await PutAsync(table, row, column, value);
            }

            await rig.RunAsync(Some.Delivery() with { Attempt = 2 });

            Assert.Empty(rig.Receiver.Requests);
            Assert.Equal(1, rig.Actions.Completed.Count + rig.Actions.DeadLettered.Count);
        }
    }

    [Theory]
    [MemberData(nameof(AttemptColumns))]
    public async Task The_lists_show_the_attempt_under_its_delivery_run_and_number(string column)
    {
        foreach (var value in Foreign)
        {
            var api = new AttemptApi();
            await api.RecordAsync(Some.Record(run: 3, attempt: 7) with { RunStartedAt = Some.Time });
            var table = api.Tables.Table(AttemptTable.Name(Some.Time));
            foreach (var row in table.Rows)
            {
                await PutAsync(table, row, column, value);
            }

            var item = Assert.Single((await api.ListAsync()).Json.GetProperty("items").EnumerateArray());
            Assert.Equal(
                (Some.DeliveryId, 3, 7),
                (item.GetProperty("deliveryId").GetString(), item.GetProperty("run").GetInt32(),
                    item.GetProperty("attempt").GetInt32()));
            Assert.Equal(HttpStatusCode.OK, (await api.DeliveryAsync(Some.DeliveryId)).Status);
        }
    }

    [Theory]
    [InlineData("t|")]
    [InlineData("t|5")]
    [InlineData("t|5|6")]
    [InlineData("t|1|msg_1|one|two|three")]
    public async Task A_row_that_somebody_put_into_the_list_keeps_none_of_the_others(string key)
    {
        var api = new AttemptApi();
        await api.RecordAsync(1, Some.Time.AddDays(20));
        var table = api.Tables.Table(AttemptTable.Name(Some.Time.AddDays(20)));
        await table.AddEntityAsync(new TableEntity(AttemptTable.Partition(Some.Tenant, Some.SubscriptionId), key));

        var page = await api.ListAsync();

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains(AttemptApi.Id(1), AttemptApi.Ids(page));
    }
}
