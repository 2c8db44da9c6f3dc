using Atrium.Costs;

namespace Atrium.EndToEnd;

/// <summary>What one delivery took.</summary>
/// <param name="Number">The number of its event among those published, from 0.</param>
/// <param name="Operations">On the queues.</param>
/// <param name="Tables">On the tables.</param>
/// <param name="Requests">To the receiver.</param>
internal sealed record CountedDelivery(int Number, int Operations, TableCount Tables, int Requests)
{
    /// <summary>The row of the document, without vault reads.</summary>
    public DeliveryCost Cost(int executions) =>
        new(Operations, Tables.SubscriptionReads
            + Tables.OtherReads, Tables.Transactions, Tables.Rows, VaultReads: 0, executions, Requests);
}
