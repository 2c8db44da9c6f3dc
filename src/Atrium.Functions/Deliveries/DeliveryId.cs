using Atrium.Functions.Messaging;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// Ids that are computed, never drawn: work that runs twice makes the same ids, and duplicate detection drops the
/// second lot. They hold no dot and no colon, which separate parts of the signed content and of message ids.
/// </summary>
internal static class DeliveryId
{
    const string Prefix = "msg_";

    /// <summary>The <c>webhook-id</c>: the same for one event and one subscription on every retry and replay.</summary>
    public static string Of(string tenant, string eventId, string subscriptionId) =>
        Prefix + StableHash.Of(tenant, eventId, subscriptionId);

    public static bool IsValid(string id) =>
        id.Length == Prefix.Length + StableHash.Length && id.StartsWith(Prefix, StringComparison.Ordinal)
            && id.Skip(Prefix.Length).All(char.IsAsciiHexDigitLower);
}
