using System.Collections.Concurrent;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Moq;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>
/// Table Storage in memory: tables that have to be created, but for those that the app makes only at start; rows in key
/// order, transactions that all succeed or all fail.
/// </summary>
sealed class FakeTables(Journal? journal = null) : TableServiceClient
{
    /// <summary>What is there from the start.</summary>
    public static readonly IReadOnlyList<string> MadeAtStart = [SubscriptionStore.TableName, JobStore.TableName];

    readonly ConcurrentDictionary<string, FakeTable> _tables = new();

    /// <summary>While it is set, every call throws what it makes.</summary>
    public Func<Exception>? Outage { get; set; }

    /// <summary>Names of the calls made, such as <c>query</c>, to all tables.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Awaited by each call before it looks at or changes anything; given the call's name.</summary>
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>
    /// The next call of this name takes effect, its answer is lost, and the client makes it again, as the real one
    /// does.
    /// </summary>
    public string? AnswerLost { get; set; }

    /// <summary>Awaited between the two.</summary>
    public Func<Task> AfterLoss { get; set; } = () => Task.CompletedTask;

    public IEnumerable<string> Created =>
        _tables.Where(table => table.Value.Exists).Select(table => table.Key).Order(StringComparer.Ordinal);

    public override TableClient GetTableClient(string tableName) => Table(tableName);

    public override AsyncPageable<TableItem> QueryAsync(
        string? filter = null, int? maxPerPage = null, CancellationToken cancellationToken = default) =>
        new RowPages<TableItem>(ListAsync, cancellationToken);

    public override async Task<Response> DeleteTableAsync(
        string tableName, CancellationToken cancellationToken = default)
    {
        await EnterAsync("delete table", tableName, cancellationToken);
        var status = Table(tableName).Drop() ? 204 : 404;
        return Mock.Of<Response>(response => response.Status == status);
    }

    public FakeTable Table(string name) => _tables.GetOrAdd(
        name, _ => new FakeTable(this, name) { Exists = MadeAtStart.Contains(name) });

    public async Task EnterAsync(string call, string table, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Calls.Enqueue(call);
        await Before(call);
        if (Outage is { } outage)
        {
            throw outage();
        }

        if (call is not ("query" or "get"))
        {
            journal?.Add($"{table}: {call}");
        }
    }

    /// <summary>Whether this call's answer is lost; only once.</summary>
    public bool LosesAnswer(string call)
    {
        var loses = AnswerLost == call;
        AnswerLost = loses ? null : AnswerLost;
        return loses;
    }

    async Task<List<TableItem>> ListAsync(CancellationToken cancellationToken)
    {
        await EnterAsync("query", "", cancellationToken);
        return [.. Created.Select(name => new TableItem(name))];
    }
}
