namespace Atrium.Local.Emulators.ServiceBus;

/// <summary>The service's tier to be like, which decides how large a message may be.</summary>
public enum ServiceBusTier
{
    /// <summary>A message, or a batch of them, has 256 KB at most.</summary>
    Standard,

    /// <summary>
    /// A message, or a batch of them, has 1 MB at most; this is the service's default, which can be raised.
    /// </summary>
    Premium,
}

/// <summary>The tiers by the names that people give them.</summary>
internal static class ServiceBusTierNames
{
    static readonly Dictionary<string, ServiceBusTier> Tiers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["standard"] = ServiceBusTier.Standard,
        ["premium"] = ServiceBusTier.Premium,
    };

    public static bool TryParse(string name, out ServiceBusTier tier) => Tiers.TryGetValue(name, out tier);
}
