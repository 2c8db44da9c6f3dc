using System.Globalization;
using Atrium.Functions.Egress;
using Atrium.Functions.Signing;

namespace Atrium.Functions.TestWebhooks;

/// <summary>Says why a receiver does not take a request. Pure.</summary>
internal static class Verification
{
    static readonly string[] Read =
        [OutgoingRequest.IdHeader, OutgoingRequest.TimestampHeader, OutgoingRequest.SignatureHeader];

    /// <summary>Whether the header of this name is one of those that are verified.</summary>
    public static bool IsRead(string name) => Read.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <param name="headers">As received.</param>
    /// <param name="body">As received.</param>
    /// <param name="secrets">Any of these may have signed.</param>
    /// <param name="now">Our clock.</param>
    public static VerifyAnswer Verify(
        IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body, IReadOnlyList<SigningSecret> secrets,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        var values = Read.Select(name => Header(headers, name)).ToList();
        var (id, timestamp, signature) = (values[0], values[1], values[2]);
        var check = StandardWebhooks.Verify(id, timestamp, signature, body.Span, secrets, now);
        return check switch
        {
            SignatureCheck.Valid =>
                new(true, null, "The signature is that of this body, id and timestamp, and the timestamp is recent."),
            SignatureCheck.MissingHeader => new(false, "headers",
                $"Missing: {string.Join(", ", Missing(values))}. Pass on the headers as they came; a "
                    + "proxy or gateway may have removed them."
                + (string.IsNullOrEmpty(signature) ? " A subscription without a secret sends no signature." : "")),
            SignatureCheck.MalformedTimestamp => new(false, "timestamp",
                $"{OutgoingRequest.TimestampHeader} is not a whole number of seconds since 1970. Pass it on as text, "
                    + "exactly as it came."),
            SignatureCheck.TimestampTooOld
                or SignatureCheck.TimestampTooNew => Clock(id, timestamp!, signature, body, secrets, now),
            SignatureCheck.NoKnownVersion => new(false, "version",
                $"{OutgoingRequest.SignatureHeader} has no signature that begins with \"v1,\". Pass on the whole "
                    + "value; several signatures are separated by spaces."),
            SignatureCheck.NoMatchingSignature =>
                NoMatch(id!, timestamp!, signature!, body, secrets, cancellationToken),
            _ => throw new InvalidOperationException($"There is no result {check}."),
        };
    }

    static VerifyAnswer Clock(
        string? id, string timestamp, string? signature, ReadOnlyMemory<byte> body,
        IReadOnlyList<SigningSecret> secrets, DateTimeOffset now)
    {
        // A number so large that it is no time differs from any clock.
        var seconds = long.Parse(timestamp, CultureInfo.InvariantCulture);
        var isTime = seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        var difference = now.ToUnixTimeSeconds() - seconds;
        var fits = isTime
            && StandardWebhooks.Verify(
                id, timestamp, signature, body.Span, secrets, DateTimeOffset.FromUnixTimeSeconds(seconds))
                == SignatureCheck.Valid;
        return new(false, "clock",
            $"The timestamp lies {Math.Abs((decimal)difference).ToString(CultureInfo.InvariantCulture)} s "
                + $"{(difference > 0 ? "before" : "after")} our clock, which says "
            + $"{now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}; "
            + $"{StandardWebhooks.Tolerance.TotalSeconds} s are allowed. "
            + (difference > 0
            ? "Verify requests when they arrive, and set your server's clock by NTP. "
            : "Set your server's clock by NTP; in milliseconds, the number is a thousand times too large. ")
            + (fits ? "The signature itself fits." : "The signature does not fit either."));
    }

    static VerifyAnswer NoMatch(
        string id, string timestamp, string signature, ReadOnlyMemory<byte> body,
        IReadOnlyList<SigningSecret> secrets, CancellationToken cancellationToken)
    {
        var candidates = StandardWebhooks.Candidates(signature);
        foreach (var (what, bytes) in Reserialisation.FormsOf(body))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (StandardWebhooks.AnyMatches(id, timestamp, candidates, bytes, secrets))
            {
                return new(false, "body",
                    $"The secret is right, but the body was re-serialised: {what}. Verify the raw bytes of the "
                        + "request, before anything parses them.");
            }
        }

        return new(false, "secret",
            "No signature fits this secret. Most likely the secret is another one: copy it again, whsec_ included, or "
                + "rotate it. Otherwise the id, the timestamp "
            + "or the body are not those that were signed: pass them on exactly as they came.");
    }

    static string? Header(IReadOnlyDictionary<string, string> headers, string name) =>
        headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value?.Trim();

    static IEnumerable<string> Missing(List<string?> values) =>
        Read.Where((_, header) => string.IsNullOrEmpty(values[header]));
}
