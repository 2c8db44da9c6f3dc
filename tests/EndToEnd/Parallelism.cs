// Twice the cores of a small machine: these tests wait for processes and for clocks more than they work.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
