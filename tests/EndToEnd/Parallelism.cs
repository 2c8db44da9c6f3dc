using Xunit.Abstractions;

// Twice the cores of a small machine: these tests wait for processes and for clocks more than they work.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
[assembly: TestCollectionOrderer("Atrium.EndToEnd.LongestFirst", "Atrium.EndToEnd.Tests")]

namespace Atrium.EndToEnd;

/// <summary>Begins with the classes that wait for long schedules and outages, so that none of them is left alone at the end.</summary>
internal sealed class LongestFirst : ITestCollectionOrderer
{
    static readonly string[] Longest =
    [
        nameof(ReplayTests), nameof(OutageTests), nameof(WalkthroughTests), nameof(ParkingTests), nameof(RetryTests), nameof(OperationsCostTests),
        nameof(SecondRunTests), nameof(SubscriptionTests), nameof(ReturnParkedTests),
    ];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.FindIndex(Longest, name => collection.DisplayName.EndsWith($".{name}", StringComparison.Ordinal)) switch
        {
            < 0 => Longest.Length,
            var place => place,
        });
}
