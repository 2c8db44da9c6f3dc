namespace Atrium.EndToEnd;

/// <summary>An app as it is without any settings, on a machine whose folder for temporary files is missing.</summary>
[CollectionDefinition(nameof(DefaultApp))]
public sealed class DefaultApp() : SharedApp(
    clockSpeed: 1, state => [("TMPDIR", Path.Combine(state, "none"))]), ICollectionFixture<DefaultApp>;
