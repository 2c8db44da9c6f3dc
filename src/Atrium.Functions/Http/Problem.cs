using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Atrium.Functions.Http;

/// <summary>Errors as problem+json (RFC 9457), each with the trace id under which the operator finds it.</summary>
internal static class Problem
{
    // RFC 9457, 4.2.1: there is no more to it than the status says.
    const string NoType = "about:blank";

    /// <summary>Of the request that is being answered; every request to a function has one.</summary>
    public static string? TraceId => Activity.Current?.TraceId.ToHexString();

    public static IResult BadRequest(string detail, params IReadOnlyList<FieldError> errors) =>
        Of(StatusCodes.Status400BadRequest, "The request is not valid", detail, errors);

    /// <param name="errors">What is wrong, each under the name of its query parameter.</param>
    public static IResult BadQuery(params IReadOnlyList<FieldError> errors) =>
        BadRequest("The query is not valid.", errors);

    public static IResult Forbidden(string detail) => Of(StatusCodes.Status403Forbidden, "Forbidden", detail);

    public static IResult NotFound(string detail) => Of(StatusCodes.Status404NotFound, "Not found", detail);

    public static IResult Conflict(string detail) => Of(StatusCodes.Status409Conflict, "Conflict", detail);

    public static IResult PreconditionFailed() => PreconditionFailed(
        "Changed in the meantime",
        "If-Match names another version than the one that is there. Read it again, and repeat the change on what is "
        + "there now.");

    public static IResult PreconditionFailed(string title, string detail) =>
        Of(StatusCodes.Status412PreconditionFailed, title, detail);

    public static IResult PreconditionRequired() => Of(
        StatusCodes.Status428PreconditionRequired, "If-Match is missing",
        "Send the ETag of the version that you have read as If-Match, so that nobody's change is overwritten unseen; "
            + "or * to overwrite whatever is there.");

    public static IResult Unprocessable(string detail) =>
        Of(StatusCodes.Status422UnprocessableEntity, "The request cannot be processed", detail);

    public static IResult TooLarge(long limit) =>
        Of(StatusCodes.Status413PayloadTooLarge, "The body is too large",
            $"The body may have at most {limit} bytes ({limit / 1024} KB).");

    public static IResult UnsupportedMediaType(string detail) =>
        Of(StatusCodes.Status415UnsupportedMediaType, "Unsupported media type", detail);

    public static IResult TooManyRequests(string detail) =>
        Of(StatusCodes.Status429TooManyRequests, "Too many requests", detail);

    /// <param name="detail">What is wrong.</param>
    /// <param name="more">Further members of the problem.</param>
    public static IResult Unavailable(string detail, params IEnumerable<(string Name, object Value)> more) =>
        Of(StatusCodes.Status503ServiceUnavailable, "Temporarily unavailable", detail, more: more);

    /// <summary>What the server itself refused to read, such as a body that came too slowly.</summary>
    public static IResult Unreadable(int status, string detail) => Of(status, "The request could not be read", detail);

    public static IResult Unexpected() => Of(
        StatusCodes.Status500InternalServerError, "Unexpected error",
        "Something went wrong on our side. Report the trace id to the operator.");

    static ProblemHttpResult Of(
        int status, string title, string detail, IReadOnlyList<FieldError>? errors = null,
        IEnumerable<(string Name, object Value)>? more = null)
    {
        var extensions = new Dictionary<string, object?> { ["traceId"] = TraceId };
        if (errors is { Count: > 0 })
        {
            extensions["errors"] = errors;
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

/// <summary>What is wrong with one field of a request.</summary>
/// <param name="Pointer">A JSON Pointer (RFC 6901) to the field, as <c>/visitor/email</c>; empty for the whole
/// document.</param>
/// <param name="Detail">A sentence that says what to change.</param>
internal sealed record FieldError(string Pointer, string Detail)
{
    /// <summary>The pointer to a field within fields.</summary>
    public static string PointerTo(params IEnumerable<string> names) =>
        string.Concat(
            names.Select(
            name => "/" + name.Replace("~", "~0", StringComparison.Ordinal)
            .Replace("/", "~1", StringComparison.Ordinal)));
}
