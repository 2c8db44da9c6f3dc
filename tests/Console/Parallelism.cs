// What waits for the app, and what keeps the browser busy, side by side.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
