namespace Atrium.Functions.Contract;

/// <summary>
/// The notices about a subscription, which go to a URL of the tenant. They cannot be subscribed to or published.
/// </summary>
internal static class NoticeEvent
{
    /// <summary>The first delivery since its last success has failed for good.</summary>
    public const string Failing = "webhook.failing";

    /// <summary>The first delivery since then has succeeded.</summary>
    public const string Recovered = "webhook.recovered";

    public static readonly IReadOnlyList<string> Names = [Failing, Recovered];
}
