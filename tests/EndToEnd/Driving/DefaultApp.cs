namespace Atrium.EndToEnd;

/// <summary>An app as it is without any settings.</summary>
[CollectionDefinition(nameof(DefaultApp))]
public sealed class DefaultApp() : SharedApp(clockSpeed: 1), ICollectionFixture<DefaultApp>;
