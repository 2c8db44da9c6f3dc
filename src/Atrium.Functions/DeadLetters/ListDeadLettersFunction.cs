using System.Globalization;
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
    /// <c>GET
    /// /api/tenants/{tenant}/dead-letters?queue=…&amp;subscription=…&amp;reason=…&amp;event=…&amp;…</c>:
    /// a page, in the order in which they lie; never a body.
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
            return Problem.BadRequest(TenantId.Rule);
        }

        var page = PageQuery.Of(request.Query);
        var reading = FilterReading.Of(request.Query);
        if (reading.Errors.Count > 0)
        {
            return Problem.BadQuery([.. reading.Errors, .. page.Errors]);
        }

        string[] scope = ["dead-letters", tenant, reading.Source.Path(), reading.Filter.Write()];
        var (after, errors) = page.Start(position => NumberOf(position) is not null, scope);
        if (errors.Count > 0)
        {
            return Problem.BadQuery(errors);
        }

        var slice = await letters.ListAsync(
            tenant, reading.Source, reading.Filter, page.Limit, NumberOf(after) ?? 0, cancellationToken);
        return TypedResults.Ok(new Page<DeadLetter>(
            slice.Letters,
            slice.GoesOnAfter is { } last ? Cursor.Write(last.ToString(CultureInfo.InvariantCulture), scope) : null));
    }

    static long? NumberOf(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
