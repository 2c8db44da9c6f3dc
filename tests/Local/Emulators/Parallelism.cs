using Atrium.Local.Emulators.Tests.Sdk;
using Xunit.Abstractions;

// Twice the cores of a small machine: these tests wait for processes and for clocks more than they work.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
[assembly: TestCollectionOrderer("Atrium.Local.Emulators.Tests.LongestFirst", "Atrium.Local.Emulators.Tests")]

namespace Atrium.Local.Emulators.Tests;

/// <summary>Begins with what waits for locks to run out, so that it is not left alone at the end.</summary>
internal sealed class LongestFirst : ITestCollectionOrderer
{
    static readonly Type[] Longest = [typeof(JavaScript.LockTests), typeof(ProcessorTests)];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderByDescending(collection =>
            Longest.Any(type => collection.DisplayName.EndsWith(type.FullName!, StringComparison.Ordinal)));
}
