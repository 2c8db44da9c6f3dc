using Atrium.Functions.Access;
using Atrium.Functions.Console;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Portal;

/// <summary>
/// Finds out who calls the portal, and for which tenant: by a session's token, or else by App Service Authentication
/// where <see cref="AccessOptions.SignedInUsers"/> is on.
/// </summary>
internal sealed partial class PortalCallers(
    PortalTokens tokens, PortalExpiry expiry, IOptions<AccessOptions> access, IOptions<PortalOptions> portal,
    TimeProvider time, ILogger<PortalCallers> logger)
{
    /// <summary>
    /// The header without which nothing is changed for somebody signed in by a cookie. Another site's page cannot send
    /// it, because CORS does not allow it. Its value is <c>1</c>, or for whom the page was opened:
    /// <c>tenant/actor</c>, percent-encoded. By then the cookie may be another account's.
    /// </summary>
    public const string OwnHeader = "x-atrium-portal";

    const string OwnValue = "1";
    const string FetchSite = "Sec-Fetch-Site";
    const string SameOrigin = "same-origin";
    const string Scheme = "Bearer ";
    const string SignInUrl = "/.auth/login/aad?post_login_redirect_uri=/api/console/";

    // App Service does not say when a sign-in ends. So each answer says: in an hour.
    static readonly TimeSpan AccountsTime = TimeSpan.FromHours(1);

    /// <returns>
    /// The caller, and whether it is an account; or the answer: 401 without a caller, 403 for an account without
    /// permission, and for another caller than the one whom the request names.
    /// </returns>
    /// <exception cref="Azure.RequestFailedException">The vault or the table could not be read.</exception>
    public async Task<(PortalSession? Session, bool ByAccount, IResult? Refusal)> FindAsync(
        HttpRequest request, CancellationToken cancellationToken)
    {
        var found = await IdentifyAsync(request, cancellationToken);
        return found.Session is not { } session || IsFor(request, session) ? found
            : (null, found.ByAccount, Problem.OtherSession(
                "The page was opened for somebody else than the one whose session or sign-in came with this request. "
                + "Load the page again."));
    }

    async Task<(PortalSession? Session, bool ByAccount, IResult? Refusal)> IdentifyAsync(
        HttpRequest request, CancellationToken cancellationToken)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return await tokens.ReadAsync(authorization[Scheme.Length..].Trim(), cancellationToken) is { } session
                && !await expiry.IsEndedAsync(session, cancellationToken)
                    ? (session with { ReturnUrl = session.ReturnUrl ?? ReturnUrl }, false, null)
                    : (null, false, Unauthenticated(request,
                        "The session has ended, or its token is not one of this service's. Begin another where the "
                        + "page is opened."));
        }

        if (!access.Value.SignedInUsers || !request.Headers.TryGetValue(ClientPrincipal.Header, out var header))
        {
            return (null, false, Unauthenticated(
                request, "The request names no session. Send its token as Authorization: Bearer atp_…"));
        }

        var (account, refusal) = OfAccount(request, ClientPrincipal.Read(header));
        return (account, true, refusal);
    }

    string? ReturnUrl => portal.Value.ReturnUrl is { Length: > 0 } url ? url : null;

    (PortalSession? Session, IResult? Refusal) OfAccount(HttpRequest request, ClientPrincipal? account)
    {
        if (account is null)
        {
            return (null, Unauthenticated(
                request, $"The header {ClientPrincipal.Header} cannot be read. Sign in again."));
        }

        if (account.TenantBy(access.Value.TenantClaim) is not { } tenant)
        {
            return (null, Refused("NoTenant", ClientPrincipal.NoTenant(access.Value.TenantClaim)));
        }

        if (IsForeign(request))
        {
            return (null, Refused(
                "AnotherSite",
                $"A change by somebody who is signed in comes from the page itself, with the header {OwnHeader}: "
                + $"{OwnValue}."));
        }

        var now = time.GetUtcNow();
        return (new PortalSession
        {
            Tenant = tenant,
            Actor = account.Id ?? "account",
            Rights = PortalRights.All,
            IssuedAt = now,
            ExpiresAt = now + AccountsTime,
            ReturnUrl = ReturnUrl,
        }, null);
    }

    // A browser also sends the cookie with requests that another site makes.
    static bool IsForeign(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
        && (!request.Headers.ContainsKey(OwnHeader)
            || request.Headers[FetchSite] is [var site, ..] && site != SameOrigin);

    // A caller that names nobody, or only says that it is the page, accepts any session.
    static bool IsFor(HttpRequest request, PortalSession session) =>
        request.Headers[OwnHeader].ToString() is "" or OwnValue || Uri.UnescapeDataString(request.Headers[OwnHeader]!)
            == $"{session.Tenant}/{session.Actor}";

    IResult Unauthenticated(HttpRequest request, string detail)
    {
        request.HttpContext.Response.Headers.WWWAuthenticate = Scheme.TrimEnd();
        var links = new (string Name, object? Value)[]
        {
            ("returnUrl", ReturnUrl), ("signInUrl", access.Value.SignedInUsers ? SignInUrl : null),
        };
        return Problem.Unauthenticated(
            detail, links.Where(link => link.Value is not null).Select(link => (link.Name, link.Value!)));
    }

    IResult Refused(string why, string detail)
    {
        Log.Refused(logger, why);
        return Problem.Forbidden(detail);
    }

    static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Portal: a signed-in user was refused ({Why})")]
        public static partial void Refused(ILogger logger, string why);
    }
}
