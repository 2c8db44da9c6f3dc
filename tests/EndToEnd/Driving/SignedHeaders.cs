using Atrium.Functions.Signing;

namespace Atrium.EndToEnd;

/// <summary>The <c>webhook-…</c> headers as the app makes them, without the app.</summary>
internal static class SignedHeaders
{
    /// <param name="id">The value of <c>webhook-id</c>.</param>
    /// <param name="body">What is signed.</param>
    /// <param name="secrets">Those that sign, the newest first; none leaves the signature out.</param>
    /// <param name="age">Of the timestamp, by the system's clock.</param>
    /// <param name="isTest">Whether the request says so.</param>
    public static IReadOnlyDictionary<string, string> Of(
        string id, byte[] body, IReadOnlyList<SigningSecret> secrets, TimeSpan age = default, bool isTest = false)
    {
        var timestamp = TimeProvider.System.GetUtcNow().Subtract(age).ToUnixTimeSeconds();
        var headers = new Dictionary<string, string>
        {
            ["webhook-id"] = id,
            ["webhook-timestamp"] = $"{timestamp}",
        };
        if (secrets.Count > 0)
        {
            headers.Add("webhook-signature", StandardWebhooks.Sign(id, timestamp, body, secrets));
        }

        if (isTest)
        {
            headers.Add("webhook-test", "true");
        }

        return headers;
    }
}
