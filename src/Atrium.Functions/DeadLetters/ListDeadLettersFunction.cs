using System.Globalization;
using Atrium.Functions.Http;
using Atrium.Functions.Jobs;
using Atrium.Functions.Subscriptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.DeadLetters;

/// <summary>Lists a tenant's dead letters.</summary>
internal sealed class ListDeadLettersFunction(DeadLetterReader letters)
{
    /// <summary>The most letters on one page.</summary>
    public const int MaxLimit = 100;

    /// <summary>How many letters a page has when the request does not say.</summary>
    public const int DefaultLimit = 50;

    /// <summary>
    /// <c>GET /api/tenants/{tenant}/dead-letters?queue=…&amp;subscription=…&amp;reason=…&amp;event=…&amp;from=…&amp;to=…&amp;limit=…&amp;cursor=…</c>: a page, in the
    /// order in which they lie; never a body.
    /// </summary>
    [Function("ListDeadLetters")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "tenants/{tenant}/dead-letters")] HttpRequest request,
        string tenant,
        CancellationToken cancellationToken)
    {
        if (!TenantId.IsValid(tenant))
        {
            return Problem.BadRequest(TenantId.Rule);
        }

        var reading = FilterReading.Of(request.Query, "limit", "cursor");
        if (reading.Errors.Count > 0)
        {
            return Problem.BadRequest("The query is not valid.", reading.Errors);
        }

        if (LimitOf(request.Query["limit"].FirstOrDefault()) is not { } limit)
        {
            return Problem.BadRequest($"The query parameter 'limit' takes a number from 1 to {MaxLimit}.");
        }

        string[] scope = ["dead-letters", tenant, reading.Source.Path(), reading.Filter.Write()];
        var after = 0L;
        if (request.Query["cursor"].FirstOrDefault() is { } cursor && !TryNumber(Cursor.Read(cursor, scope), out after))
        {
            return Problem.BadRequest(Cursor.Fault);
        }

        var slice = await letters.ListAsync(tenant, reading.Source, reading.Filter, limit, after, cancellationToken);
        return TypedResults.Ok(new DeadLetterPage(
            slice.Letters, slice.GoesOnAfter is { } last ? Cursor.Write(last.ToString(CultureInfo.InvariantCulture), scope) : null));
    }

    static int? LimitOf(string? value) =>
        value is null ? DefaultLimit : TryNumber(value, out var limit) && limit is >= 1 and <= MaxLimit ? (int)limit : null;

    static bool TryNumber(string? text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
