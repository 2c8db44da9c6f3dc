// Twice the cores of a small machine: these tests wait for processes and for locks more than they work.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
