using Atrium.Functions.Contract;
using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.DeadLetters;

/// <summary>Lists a tenant's dead letters.</summary>
internal sealed class ListDeadLettersFunction(DeadLetterReader letters)
{
    /// <summary>
    /// <c>GET /api/tenants/{tenant}/dead-letters?queue=…&amp;subscription=…&amp;…</c>: a page, newest first; never a
    /// body. What fails is listed within some ten seconds.
    /// </summary>
    [Function("ListDeadLetters")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "tenants/{tenant}/dead-letters")]
        HttpRequest request,
        string tenant,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest(ProblemCode.InvalidTenant, TenantId.Rule);
        }

        var page = PageQuery.Of(request.Query);
        var reading = FilterReading.Of(request.Query);
        if (reading.Errors.Count > 0)
        {
            return Problem.BadQuery([.. reading.Errors, .. page.Errors]);
        }

        string[] scope = ["dead-letters", tenant, reading.Source.Path(), reading.Filter.Write()];
        var (after, errors) = page.Start(position => position.Length > 0, scope);
        if (errors.Count > 0)
        {
            return Problem.BadQuery(errors);
        }

        var slice = await letters.ListAsync(
            tenant, reading.Source, reading.Filter, page.Limit, after, cancellationToken);
        return TypedResults.Ok(new DeadLetterPage(
            slice.Letters, slice.GoesOnAfter is { } last ? Cursor.Write(last, scope) : null, slice.IndexedAt));
    }
}

/// <summary>A page of a list of dead letters, as the admin API shows it.</summary>
/// <param name="Items">The letters, newest first.</param>
/// <param name="NextCursor">The cursor of the next page; null on the last.</param>
/// <param name="IndexedAt">All failures up to this time are listed; null when that is not known.</param>
internal sealed record DeadLetterPage(
    IReadOnlyList<DeadLetter> Items, string? NextCursor, DateTimeOffset? IndexedAt);
