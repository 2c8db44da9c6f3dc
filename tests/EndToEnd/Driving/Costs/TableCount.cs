namespace Atrium.EndToEnd;

/// <summary>What Table Storage would bill.</summary>
/// <param name="SubscriptionReads">Reads of one subscription.</param>
/// <param name="OtherReads">All other reads.</param>
/// <param name="Transactions">Writes.</param>
/// <param name="Rows">The rows in those.</param>
internal sealed record TableCount(int SubscriptionReads, int OtherReads, int Transactions, int Rows);
