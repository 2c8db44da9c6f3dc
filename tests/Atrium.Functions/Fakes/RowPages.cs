using Azure;
using Moq;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>A query's rows, one to a page, with an empty page in between as Table Storage may send.</summary>
sealed class RowPages<T>(Func<CancellationToken, Task<List<T>>> query, CancellationToken cancellationToken)
    : AsyncPageable<T>(cancellationToken)
    where T : notnull
{
    public override async IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
    {
        foreach (var row in await query(CancellationToken))
        {
            yield return Page<T>.FromValues([], "more", Mock.Of<Response>());
            yield return Page<T>.FromValues([row], "more", Mock.Of<Response>());
        }
    }
}
