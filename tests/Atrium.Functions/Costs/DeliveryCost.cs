namespace Atrium.Costs;

/// <summary>
/// What Azure counts while an event becomes one delivery and that one ends, in the columns of docs/operations-cost.md.
/// </summary>
/// <param name="ServiceBus">Messages sent, received and settled.</param>
/// <param name="TableReads">Calls that read rows.</param>
/// <param name="TableTransactions">Calls that write rows, all of one partition.</param>
/// <param name="RowsWritten">The rows in those.</param>
/// <param name="VaultReads">Secrets read.</param>
/// <param name="Runs">Executions of a function.</param>
/// <param name="Requests">Requests to the customer.</param>
internal sealed record DeliveryCost(
    int ServiceBus, int TableReads, int TableTransactions, int RowsWritten, int VaultReads, int Runs, int Requests);
