using Atrium.Functions.Events;
using Atrium.Functions.Jobs;
using Atrium.Functions.Storage;
using Atrium.Functions.Tests.Fakes;
using Azure;
using Azure.Data.Tables;

namespace Atrium.Functions.Tests.Bugs;

/// <summary>
/// A write to a table that was being dropped was taken for one that met a row of its key, since both are a 409. An
/// event under an <c>Idempotency-Key</c> then ended in a null reference, and a job in the advice to remove a row that
/// is not there, where an outage was to be told. A table that was dropped just after it was made did the same.
/// </summary>
public sealed class B21DroppedTableTests
{
    public static TheoryData<int, string> Drops => new() { { 409, "TableBeingDeleted" }, { 404, "TableNotFound" } };

    [Theory]
    [MemberData(nameof(Drops))]
    public async Task A_table_that_is_dropped_is_no_row_that_is_there(int status, string code)
    {
        var tables = new FakeTables();
        FailWritesWith(tables, status, code);
        var table = new TableGateway(tables, JobStore.TableName);
        await ToldAsync(status, () => table.TryAddAsync(new TableEntity("p", "r"), default));
        await ToldAsync(
            status,
            () => table.SubmitAsync([new(TableTransactionActionType.Add, new TableEntity("p", "r"))], default));
    }

    [Theory]
    [MemberData(nameof(Drops))]
    public async Task An_event_under_a_key_and_a_job_meet_an_outage_and_succeed_once_it_is_over(int status, string code)
    {
        await using var rig = new JobRig();
        var keys = rig.Get<EventKeys>();
        FailWritesWith(rig.Tables, status, code);
        await ToldAsync(status, () => SendAsync(keys));
        await ToldAsync(status, () => rig.StartAsync(key: "k"));

        rig.Tables.Before = _ => Task.CompletedTask;
        Assert.True(await SendAsync(keys));
        Assert.Equal(JobState.Waiting, (await rig.StartAsync(key: "k")).State);
    }

    static Task<bool> SendAsync(EventKeys keys) =>
        keys.TrySendAsync(Some.Tenant, "k", Some.EventId, () => Task.CompletedTask, default);

    static void FailWritesWith(FakeTables tables, int status, string code) => tables.Before = call =>
        call is "add" or "transaction"
            ? throw new RequestFailedException(status, "The table is dropped.", code, null)
            : Task.CompletedTask;

    static async Task ToldAsync(int status, Func<Task> write) =>
        Assert.Equal(status, (await Assert.ThrowsAsync<RequestFailedException>(write)).Status);
}
