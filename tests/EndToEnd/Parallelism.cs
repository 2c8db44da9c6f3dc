using Xunit.Abstractions;

// Twice the cores of a small machine: these tests wait for processes and for clocks more than they work.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
[assembly: TestCollectionOrderer("Atrium.EndToEnd.LongestFirst", "Atrium.EndToEnd.Tests")]

namespace Atrium.EndToEnd;

/// <summary>
/// Begins with what waits for long schedules and outages, and with the classes that share an app and so take turns, so
/// that none is left alone at the end.
/// </summary>
internal sealed class LongestFirst : ITestCollectionOrderer
{
    static readonly string[] Longest =
    [
        nameof(FastApp), nameof(BriskApp), nameof(OutageTests), nameof(RecoveryCostTests), nameof(KilledHostTests),
        nameof(DefaultApp), nameof(FailedSettlementTests), nameof(ParkingTests), nameof(KilledWorkerTests),
        nameof(WalkthroughTests), nameof(KilledRecoveryTests), nameof(OperationsCostTests), nameof(ReplayTests),
        nameof(InterruptedReplayTests),
    ];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(
            collection => Array.FindIndex(Longest, name => collection.DisplayName.Split('.')[^1] == name) switch
        {
            < 0 => Longest.Length,
            var place => place,
        });
}
