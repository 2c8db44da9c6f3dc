using Xunit.Abstractions;

// What waits for the app, and what keeps the browser busy, side by side.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
[assembly: TestCollectionOrderer("Atrium.BrowserTests.LongestFirst", "Atrium.Console.Tests")]

namespace Atrium.BrowserTests;

/// <summary>Begins with all screens, and with what shares the app, so that neither is left alone at the end.</summary>
internal sealed class LongestFirst : ITestCollectionOrderer
{
    static readonly string[] Longest = [nameof(AdminsApp), nameof(Screens)];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderByDescending(collection => Array.IndexOf(Longest, collection.DisplayName));
}
