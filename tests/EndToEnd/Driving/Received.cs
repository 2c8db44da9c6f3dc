namespace Atrium.EndToEnd;

/// <summary>One request, as the receiver saw it.</summary>
internal sealed record Received(
    string Path, string Method, IReadOnlyDictionary<string, string> Headers, byte[] Body, DateTimeOffset At)
{
    public string Id => Headers["webhook-id"];
}
