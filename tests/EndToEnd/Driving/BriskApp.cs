namespace Atrium.EndToEnd;

/// <summary>
/// An app whose broker's waits pass faster, for tests that erase: an erasure waits for longer than a lock lasts.
/// </summary>
[CollectionDefinition(nameof(BriskApp))]
public sealed class BriskApp() : SharedApp(clockSpeed: 20), ICollectionFixture<BriskApp>;
