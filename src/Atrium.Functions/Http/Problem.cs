using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atrium.Functions.Http;

/// <summary>Errors as problem+json (RFC 9457), each with the trace id under which the operator finds it.</summary>
internal static class Problem
{
    /// <summary>
    /// Errors of fields in an answer: more than a person mends at once. A body of nothing but errors would have an
    /// answer many times its size.
    /// </summary>
    public const int MaxErrors = 20;

    // RFC 9457, 4.2.1: the type says no more than the status.
    const string NoType = "about:blank";

    /// <summary>The trace id of the current request. Every request to a function has one.</summary>
    public static string? TraceId => Activity.Current?.TraceId.ToHexString();

    public static IResult BadRequest(string detail, params IReadOnlyList<FieldError> errors) =>
        BadRequest(ProblemCode.InvalidRequest, detail, errors);

    public static IResult BadRequest(ProblemCode code, string detail, params IReadOnlyList<FieldError> errors) =>
        Of(StatusCodes.Status400BadRequest, code, "The request is not valid", detail, errors);

    /// <param name="errors">What is wrong, each under the name of its query parameter.</param>
    public static IResult BadQuery(params IReadOnlyList<FieldError> errors) =>
        BadRequest(ProblemCode.InvalidQuery, "The query is not valid.", errors);

    /// <param name="detail">What is missing.</param>
    /// <param name="more">Further members of the problem: where a session is begun.</param>
    public static IResult Unauthenticated(string detail, params IEnumerable<(string Name, object Value)> more) =>
        Of(StatusCodes.Status401Unauthorized, ProblemCode.Unauthenticated, "Not signed in", detail, more: more);

    public static IResult Forbidden(string detail) =>
        Of(StatusCodes.Status403Forbidden, ProblemCode.Forbidden, "Forbidden", detail);

    public static IResult OtherSession(string detail) =>
        Of(StatusCodes.Status403Forbidden, ProblemCode.OtherSession, "Forbidden", detail);

    public static IResult NotFound(string detail) =>
        Of(StatusCodes.Status404NotFound, ProblemCode.NotFound, "Not found", detail);

    public static IResult Conflict(ProblemCode code, string detail) =>
        Of(StatusCodes.Status409Conflict, code, "Conflict", detail);

    public static IResult PreconditionFailed() => PreconditionFailed(
        "Changed in the meantime",
        "If-Match does not name the current version. Read it again, and repeat the change on the current version.");

    public static IResult PreconditionFailed(string title, string detail) =>
        Of(StatusCodes.Status412PreconditionFailed, ProblemCode.PreconditionFailed, title, detail);

    public static IResult PreconditionRequired() => Of(
        StatusCodes.Status428PreconditionRequired, ProblemCode.PreconditionRequired, "If-Match is missing",
        "Send the ETag of the version that you have read as If-Match, so that you do not overwrite somebody else's "
            + "change. Send * to overwrite any version.");

    /// <summary>Another request came with the same <c>Idempotency-Key</c>.</summary>
    public static IResult KeyUsed(string detail) =>
        Of(
            StatusCodes.Status422UnprocessableEntity, ProblemCode.IdempotencyKeyUsed, "The request cannot be processed",
            detail);

    public static IResult TooLarge(long limit) =>
        Of(StatusCodes.Status413PayloadTooLarge, ProblemCode.TooLarge, "The body is too large",
            $"The body may have at most {limit} bytes ({limit / 1024} KB).");

    public static IResult UnsupportedMediaType(string detail) =>
        Of(
            StatusCodes.Status415UnsupportedMediaType, ProblemCode.UnsupportedMediaType, "Unsupported media type",
            detail);

    public static IResult TooManyTests(string detail) =>
        Of(StatusCodes.Status429TooManyRequests, ProblemCode.TooManyTests, "Too many requests", detail);

    /// <param name="detail">What is wrong.</param>
    /// <param name="more">Further members of the problem.</param>
    public static IResult Unavailable(string detail, params IEnumerable<(string Name, object Value)> more) =>
        Of(
            StatusCodes.Status503ServiceUnavailable, ProblemCode.Unavailable, "Temporarily unavailable", detail,
            more: more);

    /// <param name="detail">What is missing, and what to do.</param>
    public static IResult MissingSecret(string detail) =>
        Of(StatusCodes.Status503ServiceUnavailable, ProblemCode.MissingSecret, "A secret is missing", detail);

    /// <summary>What the server itself refused to read, such as a body that came too slowly.</summary>
    public static IResult Unreadable(int status, string detail) =>
        Of(status, ProblemCode.Unreadable, "The request could not be read", detail);

    public static IResult Unexpected() => Of(
        StatusCodes.Status500InternalServerError, ProblemCode.Unexpected, "Unexpected error",
        "Something went wrong on our side. Report the trace id to the operator.");

    static ProblemHttpResult Of(
        int status, ProblemCode code, string title, string detail, IReadOnlyList<FieldError>? errors = null,
        IEnumerable<(string Name, object Value)>? more = null)
    {
        var extensions = new Dictionary<string, object?> { ["code"] = code.Name(), ["traceId"] = TraceId };
        if (errors is { Count: > 0 })
        {
            extensions["errors"] = errors.Take(MaxErrors).ToList();
        }

        if (errors?.Count > MaxErrors)
        {
            detail += $" Only the first {MaxErrors} of {errors.Count} errors are named.";
        }

        foreach (var (name, value) in more ?? [])
        {
            extensions[name] = value;
        }

        var problem = TypedResults.Problem(detail, statusCode: status, title: title, extensions: extensions);

        // The framework knows a type for most statuses and leaves it out for others, 428 and 429 among them.
        problem.ProblemDetails.Type ??= NoType;
        return problem;
    }
}

/// <summary>
/// The kind of a problem, for programs. In answers the names are in snake case, such as <c>too_many_jobs</c>. They are
/// a contract: never change one.
/// </summary>
internal enum ProblemCode
{
    /// <summary>The body or a header is not valid; <c>errors</c> name fields.</summary>
    InvalidRequest,

    /// <summary>A query parameter is missing, unknown, given twice or not valid.</summary>
    InvalidQuery,

    /// <summary>The tenant in the path is no tenant's name.</summary>
    InvalidTenant,

    /// <summary>The body is no event of the contract.</summary>
    InvalidEvent,

    /// <summary>The <c>Idempotency-Key</c> cannot be read.</summary>
    InvalidIdempotencyKey,

    /// <summary>The request has no session, or one that has ended.</summary>
    Unauthenticated,

    /// <summary>The signed-in user, or the session, may not do this.</summary>
    Forbidden,

    /// <summary>The request names another caller than the one whose session or sign-in came with it.</summary>
    OtherSession,

    /// <summary>There is no such thing under the tenant.</summary>
    NotFound,

    /// <summary>The tenant has as many subscriptions as it may have.</summary>
    TooManySubscriptions,

    /// <summary>Too many subscriptions of the tenant are being created at the same time.</summary>
    TooManyCreations,

    /// <summary>As many earlier secrets sign as may.</summary>
    TooManySecrets,

    /// <summary>As many of the tenant's jobs have not ended as may be.</summary>
    TooManyJobs,

    /// <summary>What was made with the <c>Idempotency-Key</c> has been deleted.</summary>
    MadeAndDeleted,

    /// <summary>Another event already replaced the dead letter, or its tenant is unknown.</summary>
    NotRepairable,

    /// <summary>The dead letter is for a subscription that has been deleted.</summary>
    SubscriptionDeleted,

    /// <summary>The current version is not one that <c>If-Match</c> or <c>If-None-Match</c> allows.</summary>
    PreconditionFailed,

    /// <summary><c>If-Match</c> is missing.</summary>
    PreconditionRequired,

    /// <summary>Another request came with the same <c>Idempotency-Key</c>.</summary>
    IdempotencyKeyUsed,

    /// <summary>The body is larger than it may be.</summary>
    TooLarge,

    /// <summary>The body has another media type or coding than is read.</summary>
    UnsupportedMediaType,

    /// <summary>The tenant, or all tenants together, send too many tests.</summary>
    TooManyTests,

    /// <summary>The server could not read the request, such as one that came too slowly.</summary>
    Unreadable,

    /// <summary>A service that this one needs does not answer; try again.</summary>
    Unavailable,

    /// <summary>The vault does not hold a secret, or the values of headers, that the subscription names.</summary>
    MissingSecret,

    /// <summary>A mistake of ours.</summary>
    Unexpected,
}
