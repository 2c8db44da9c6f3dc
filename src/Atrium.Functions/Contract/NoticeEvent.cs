namespace Atrium.Functions.Contract;

/// <summary>
/// What is told of a subscription, to a URL of the tenant's. Nobody subscribes to these, and nobody publishes them.
/// </summary>
internal static class NoticeEvent
{
    /// <summary>The first delivery since its last success has failed for good.</summary>
    public const string Failing = "webhook.failing";

    /// <summary>The first delivery since then has succeeded.</summary>
    public const string Recovered = "webhook.recovered";

    public static readonly IReadOnlyList<string> Names = [Failing, Recovered];
}
