using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Http;

/// <summary>
/// Holds a query against the parameters that there are: a misspelt one would otherwise be as if it had not been sent,
/// and of one that is given twice nobody can tell which is meant.
/// </summary>
internal static class QueryParameters
{
    // The host's: function keys may come in the query.
    static readonly string[] NotOurs = ["code", "clientId"];

    /// <param name="query">The query.</param>
    /// <param name="names">All parameters that the operation takes.</param>
    /// <returns>What is wrong with it, each under the name of its parameter.</returns>
    public static IReadOnlyList<FieldError> Faults(IQueryCollection query, IReadOnlyList<string> names)
    {
        var there = names.Count == 0 ? "this operation takes none" : $"there are {string.Join(", ", names)}";
        return
        [
            .. from parameter in query
               where !NotOurs.Contains(parameter.Key, StringComparer.OrdinalIgnoreCase)
               let fault = !names.Contains(parameter.Key) ? $"There is no such query parameter; {there}."
                   : parameter.Value.Count > 1 ? "This query parameter is given more than once. Give it once."
                   : null
               where fault is not null
               select new FieldError(parameter.Key, fault),
        ];
    }
}
