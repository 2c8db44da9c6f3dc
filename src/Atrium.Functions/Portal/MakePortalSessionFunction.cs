using Atrium.Functions.Console;
using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using static Atrium.Functions.Console.SessionBounds;

namespace Atrium.Functions.Portal;

/// <summary>Begins a session of the admin's page, for a user whom Atrium's back end has checked.</summary>
internal sealed class MakePortalSessionFunction(PortalTokens tokens, TimeProvider time)
{
    /// <summary>
    /// <c>POST /api/tenants/{tenant}/portal-sessions</c>: 201 with the session's token, and the page's address with it;
    /// 400 with what to change.
    /// </summary>
    [Function("MakePortalSession")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(
            AuthorizationLevel.Function, "post", Route = "tenants/{tenant}/portal-sessions")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest(ProblemCode.InvalidTenant, TenantId.Rule);
        }

        var (wanted, unreadable) = await JsonRequest.ReadAsync(
            request, RequestJson.Default.PortalSessionRequest, MaxRequestBytes, cancellationToken);
        if (wanted is null)
        {
            return unreadable!;
        }

        var (session, errors) = wanted.Validate(tenant, time.GetUtcNow());
        if (session is null)
        {
            return Problem.BadRequest("The session is not valid.", errors);
        }

        var token = await tokens.WriteAsync(session, cancellationToken);
        return PortalSessionMade.Answer(request, session, token);
    }
}

/// <summary>A session that is wanted.</summary>
internal sealed record PortalSessionRequest
{
    /// <summary>Who opens the page: an id or an address. The log names it, an address by its hash.</summary>
    public string? Actor { get; init; }

    /// <summary>Names of <see cref="PortalRightNames"/>; <c>view</c> is always included.</summary>
    public IReadOnlyList<string?>? Rights { get; init; }

    /// <summary>How long it lasts, in minutes.</summary>
    public int? Minutes { get; init; }

    /// <summary>The page from which another session can be begun.</summary>
    public string? ReturnUrl { get; init; }

    /// <returns>The session that begins now; null with what is wrong.</returns>
    public (PortalSession? Session, IReadOnlyList<FieldError> Errors) Validate(string tenant, DateTimeOffset now)
    {
        var rights = (Rights ?? []).Select(PortalRightNames.Parse).ToList();
        var errors = FieldError.Found(
        [
            IsActor(Actor) ? null : new(
                "/actor",
                string.IsNullOrEmpty(Actor) ? FieldErrorCode.Missing : FieldErrorCode.InvalidFormat,
                $"Say who opens the page, by an id or an address of 1 to {MaxActorLength} characters that can be "
                + "seen. It stands in the log beside what is changed."),
            .. from given in rights.Index()
               where given.Item == PortalRights.None
               select new FieldError(
                   $"/rights/{given.Index}",
                   FieldErrorCode.UnknownValue,
                   $"There is no such right; the rights are {string.Join(", ", PortalRightNames.All)}."),
            Minutes is < MinMinutes or > MaxMinutes ? new(
                "/minutes", FieldErrorCode.OutOfRange, $"A session lasts {MinMinutes} to {MaxMinutes} minutes.")
                : null,
            ReturnUrl is null || PortalOptions.IsPage(ReturnUrl) ? null : new(
                "/returnUrl",
                FieldErrorCode.InvalidFormat,
                "Give the https address of a page, or http on this machine, with at most "
                + $"{PortalOptions.MaxUrlLength} characters as browsers send it, and no password."),
        ]);
        return errors.Count > 0 ? (null, errors) : (new PortalSession
        {
            Tenant = tenant,
            Actor = Actor!,
            Rights = rights.Aggregate(PortalRights.View, (all, right) => all | right),
            IssuedAt = now,
            ExpiresAt = now.AddMinutes(Minutes ?? DefaultMinutes),
            ReturnUrl = ReturnUrl is null ? null : new Uri(ReturnUrl).AbsoluteUri,
        }, []);
    }

    static bool IsActor(string? text) =>
        text is { Length: > 0 and <= MaxActorLength } && !InvisibleCharacters.AreAllOf(text)
        && !text.EnumerateRunes().Any(InvisibleCharacters.IsStray);
}

/// <summary>A session that has begun.</summary>
/// <param name="Url">The page's address, with the token where no server sees it: behind <c>#</c>.</param>
/// <param name="Token">What the page sends along.</param>
/// <param name="ExpiresAt">When it ends.</param>
internal sealed record PortalSessionMade(string Url, string Token, DateTimeOffset ExpiresAt)
{
    const string ForwardedProto = "X-Forwarded-Proto";
    const string ForwardedHost = "X-Forwarded-Host";

    /// <summary>201, which nobody may keep.</summary>
    /// <param name="request">The request, whose address also leads to the page.</param>
    /// <param name="session">What has begun.</param>
    /// <param name="token">Its token.</param>
    public static IResult Answer(HttpRequest request, PortalSession session, string token)
    {
        request.HttpContext.Response.Headers.CacheControl = ProblemMiddleware.NotKept;
        return TypedResults.Created(
            (string?)null,
            new PortalSessionMade(
                $"{Origin(request)}{Api(request)}console/#session={token}", token, session.ExpiresAt));
    }

    /// <summary>The scheme, name and port by which the app was called, as the forwarding host reports them.</summary>
    public static string Origin(HttpRequest request) =>
        $"{First(request, ForwardedProto) ?? request.Scheme}://{First(request, ForwardedHost) ?? request.Host.Value}";

    static string? First(HttpRequest request, string header) =>
        request.Headers[header].ToString().Split(',')[0].Trim() is { Length: > 0 } value ? value : null;

    static string Api(HttpRequest request) =>
        request.Path.Value![..(request.Path.Value!.IndexOf('/', 1) + 1)];
}
