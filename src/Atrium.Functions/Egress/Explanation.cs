using System.Globalization;

namespace Atrium.Functions.Egress;

/// <summary>
/// One sentence or two for the customer's admin: what happened and what to do. It has no IP address, because that could
/// reveal an internal network. It has no path or query, because they may have a key to the receiver, and explanations
/// are stored.
/// </summary>
internal static class Explanation
{
    public static string Blocked(string host) =>
        $"{host} does not resolve to public addresses only, so nothing was sent. Use a name that the internet can "
            + "reach; a private network needs a public gateway.";

    public static string NameNotFound(string host) =>
        $"The name {host} could not be resolved. Check its spelling, and that it has an A or AAAA record in public "
            + "DNS.";

    public static string NameServerSilent(string host) =>
        $"The name servers of {host} did not answer. Check the domain's DNS.";

    public static string Refused(string host, int port) =>
        $"{host} refused the connection: nothing listens on port {port.ToString(CultureInfo.InvariantCulture)}. Start "
            + "the receiver, or correct the port.";

    public static string Unreachable(string host) =>
        $"{host} could not be reached from the internet. Check that its server is up and its firewall lets Atrium in.";

    public static string NoTls(string host) =>
        $"{host} did not agree on TLS 1.2 or 1.3. Check that the port speaks https, and which TLS versions it takes.";

    public static string Reset(string host) =>
        $"{host} closed the connection before it had answered. Look at the receiver's log, and at any proxy before it.";

    public static string NotHttp(string host) =>
        $"What {host} answered is not HTTP/1.1. Check that the port is that of a web server.";

    public static string OnlyHttp2(string host) =>
        $"{host} speaks HTTP/2 only, and events are sent by HTTP/1.1. "
        + "Let the receiver, or a proxy before it, take HTTP/1.1 as well.";

    /// <param name="requests">How many in a row failed, 2 or more.</param>
    /// <param name="within">The time in which none succeeded, and one was made at least.</param>
    /// <param name="lastAt">When the last of them ended.</param>
    /// <param name="last">The explanation of the last of them.</param>
    public static string EndpointDown(int requests, TimeSpan within, DateTimeOffset lastAt, string last) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The endpoint is down, so no request was made for this attempt: the last {requests} requests, with all of "
            + $"the last {Seconds(within)}, all failed in the same way, the latest at {lastAt:u}. "
            + $"Requests to it go on, two at a time, and the first that succeeds ends this. {last}");

    /// <param name="atOnce">The requests under way, 1 or more.</param>
    /// <param name="each">How long one takes.</param>
    public static string EndpointOverloaded(int atOnce, TimeSpan each) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The endpoint is too slow for its load, so no request was made for this attempt: {atOnce} under way at "
            + $"once are as many as it gets, each takes some {each.TotalSeconds:0.0} s, and more is due than "
            + $"that lets through. Answer 202 as soon as the event is stored, and do the work afterwards.");

    public static string TimedOut(string host, ConnectionPhase phase, TimeSpan after) => phase switch
    {
        ConnectionPhase.Dns => $"The name {host} was not resolved within {Seconds(after)}. Check the domain's DNS.",
        ConnectionPhase.Connect =>
            $"{host} did not take the connection within {Seconds(after)}. Check that its server is up and its firewall "
            + "lets Atrium in.",
        ConnectionPhase.Tls =>
            $"{host} did not finish the TLS handshake within {Seconds(after)}. Check the server's load and its TLS "
            + "settings.",
        _ => $"{host} did not answer within {Seconds(after)}. Answer 202 as soon as the event is stored, and do the "
            + "work afterwards.",
    };

    /// <summary>To be added to another sentence.</summary>
    public const string Unreadable =
        " Its body is compressed in a way that cannot be read here, though none was asked for. "
        + "Answer with plain text to see it.";

    public static string NoStatus(string host, int kibibytes) =>
        $"The first {kibibytes} KiB of what {host} answered have no final status. Check that the port is that of a web "
        + "server, and what it, or a proxy before it, writes before the answer.";

    /// <summary>To be added to another sentence.</summary>
    public const string HeaderBroken =
        " A line among the headers of the answer is no header; it was passed over, and the body was not read. "
        + "Look at what the receiver, or a proxy before it, writes there.";

    /// <summary>To be added to another sentence.</summary>
    public const string HeadersUnfinished =
        " The headers of the answer did not end. Look at the receiver's log, and at any proxy before it.";

    /// <summary>To be added to another sentence.</summary>
    /// <param name="kibibytes">How many are read.</param>
    public static string HeadersTooLong(int kibibytes) =>
        $" The headers of the answer are longer than {kibibytes} KiB; the rest of them and the body were not read. "
        + "Send fewer, or shorter ones.";

    public static string BodyHung(int status) =>
        $"The endpoint answered {status}, so the event is delivered; but the body of the answer did not end. Send a "
            + "Content-Length, or no body.";

    /// <param name="status">The answer's status.</param>
    /// <param name="location">A redirect's target, absolute.</param>
    /// <param name="body">The beginning of the answer's body, as far as it can be read.</param>
    public static string Answered(int status, Uri? location, string body) => status switch
    {
        _ when AnswerCause.Of(status, location, body) is { } cause => Answered(status, cause),
        >= 200 and <= 299 => $"The endpoint answered {status}: the event is delivered.",
        >= 300 and <= 399 =>
            $"{status} to {location!.Scheme}://{location.Authority}: redirects are not followed. "
            + (location.AbsoluteUri.Length <= EndpointUrl.MaxLength
                ? "A test of the webhook shows the whole target; use that URL, if it is yours."
                : "The whole target is too long for the URL of a webhook. Use the URL that answers itself."),
        401 or 403 =>
            $"{status}: the receiver refused the request. Either it did not accept the signature: compare its secret "
            + "with this subscription's, which a rotation changes. Or it wants a login: give the subscription a header "
            + "with one.",
        400 or 422 =>
            $"{status}: the receiver does not accept the request as it is. Read its answer and its log for the reason.",
        404 or 410 =>
            $"{status}: there is no receiver under this URL. Check its path, and whether the receiver was deleted.",
        405 => "405: the endpoint does not take POST under this URL. Check its path.",
        413 => "413: the event is too large for the endpoint. Raise its limit to 256 KB.",
        415 => "415: the endpoint does not take application/json. Correct the receiver.",
        429 =>
            "429: the endpoint takes no more requests for now. Raise its rate limit, or let Retry-After say how long "
            + "to wait.",
        >= 500 => $"{status}: the endpoint, or a proxy before it, failed. Look at its log for this time.",
        _ => $"{status}: only an answer from 200 to 299 counts as delivered. Look at the receiver's log for the "
            + "reason.",
    };

    static string Answered(int status, FailureCause cause) => cause == FailureCause.RedirectWithoutTarget
        ? $"{status}: redirects are not followed, and this one leads to no web address. "
            + "Use the URL that answers itself."
        : $"{status}: the answer speaks of the signature. Compare the receiver's secret with this subscription's, "
            + "which a rotation changes. POST verify says what is wrong with a received request.";

    static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + " s";
}
