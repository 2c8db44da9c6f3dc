using System.Globalization;
using System.Text;
using Atrium.Functions.Egress;

namespace Atrium.Functions.TestWebhooks;

/// <summary>The request of a test.</summary>
/// <param name="Method">POST.</param>
/// <param name="Url">Where it went.</param>
/// <param name="Headers">As sent, the signature included. Values that an admin has set are hidden: they can be written,
/// and not read.</param>
/// <param name="Body">The sample, exactly as it was signed and sent.</param>
internal sealed record SentRequest(string Method, string Url, IReadOnlyList<HeaderView> Headers, string Body)
{
    const string Hidden = "***";

    public static SentRequest Of(OutgoingRequest request) => new(
        "POST",
        request.Url,
        [
            .. request.Headers().Select(header =>
                new HeaderView(header.Key, request.CustomHeaders.Contains(header) ? Hidden : header.Value)),
            new HeaderView("Content-Length", request.Body.Length.ToString(CultureInfo.InvariantCulture)),
        ],
        Encoding.UTF8.GetString(request.Body.Span));
}

/// <summary>One header; a list of them, since a name can come more than once.</summary>
/// <param name="Name">Its name, as sent.</param>
/// <param name="Value">Its value.</param>
internal sealed record HeaderView(string Name, string Value);
