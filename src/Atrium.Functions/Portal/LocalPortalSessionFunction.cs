using System.Net;
using System.Text.Json.Serialization;
using Atrium.Functions.Console;
using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Portal;

/// <summary>Begins a session for the developer who runs the app on this machine. Not published.</summary>
internal sealed class LocalPortalSessionFunction(PortalTokens tokens, TimeProvider time)
{
    const string Actor = "local";
    const string ForwardedFor = "X-Forwarded-For";

    /// <summary>
    /// <c>POST /api/portal/local-session</c>: 201 with a session that may do everything; 403 for another machine. It
    /// takes no key, so the page opens in the same way where function keys are set.
    /// </summary>
    [Function("LocalPortalSession")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "portal/local-session")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        if (!IsOfThisMachine(request))
        {
            return Problem.Forbidden("Only this machine gets a session without a key, by the name localhost.");
        }

        var (wanted, unreadable) = await JsonRequest.ReadAsync(
            request, LocalPortalJson.Default.LocalSessionRequest, SessionBounds.MaxRequestBytes,
            cancellationToken);
        if (wanted is null)
        {
            return unreadable!;
        }

        if (!TenantId.IsValid(wanted.Tenant))
        {
            return Problem.BadRequest(ProblemCode.InvalidTenant, TenantId.Rule);
        }

        var (session, _) = new PortalSessionRequest
        {
            Actor = Actor,
            Rights = PortalRightNames.All,
            Minutes = SessionBounds.MaxMinutes,
        }.Validate(wanted.Tenant!, time.GetUtcNow());
        var token = await tokens.WriteAsync(session!, cancellationToken);
        return PortalSessionMade.Answer(request, session!, token);
    }

    // Checks the address and the name: another site's name can lead to this machine, and its page could then read the
    // answer.
    static bool IsOfThisMachine(HttpRequest request) =>
        request.HttpContext.Connection.RemoteIpAddress is { } caller && IPAddress.IsLoopback(caller)
        && request.Headers[ForwardedFor].All(IsLoopback)
        && AbsoluteUrl.Of(PortalSessionMade.Origin(request)) is { IsLoopback: true };

    static bool IsLoopback(string? client) =>
        IPAddress.TryParse(client, out var address) && IPAddress.IsLoopback(address);
}

/// <summary>For whom a local session is.</summary>
internal sealed record LocalSessionRequest
{
    /// <summary>The tenant.</summary>
    public string? Tenant { get; init; }
}

/// <summary>The request of this file.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LocalSessionRequest))]
internal sealed partial class LocalPortalJson : JsonSerializerContext;
