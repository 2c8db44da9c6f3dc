using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Http;

/// <summary>Holds a query's names against those that there are: a misspelt filter would otherwise show, or count, more than was asked for.</summary>
internal static class QueryParameters
{
    // Function keys may come in the query.
    static readonly string[] NotOurs = ["code", "clientId"];

    /// <param name="query">The query.</param>
    /// <param name="names">All parameters that the operation takes.</param>
    public static IReadOnlyList<FieldError> Unknown(IQueryCollection query, params string[] names) =>
    [
        .. query.Keys.Except(names).Except(NotOurs)
            .Select(unknown => new FieldError(unknown, $"There is no such query parameter; there are {string.Join(", ", names)}.")),
    ];
}
