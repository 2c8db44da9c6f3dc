namespace Atrium.EndToEnd;

/// <summary>A subscription that was made.</summary>
internal sealed record Subscribed(string Id, string? Secret);
