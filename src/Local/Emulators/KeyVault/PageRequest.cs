using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Atrium.Local.Emulators.KeyVault;

/// <summary>
/// Which page of a list a client asks for: so many rows after the row with this key (empty for the first page).
/// </summary>
internal sealed record PageRequest(int Size, string After)
{
    // The service's default, and the most it gives.
    const int MaxSize = 25;

    /// <summary>
    /// Null when the client asks for what no link of ours contains, or for a size that the service refuses.
    /// </summary>
    public static PageRequest? Parse(IQueryCollection query)
    {
        string? asked = query["maxresults"];
        var size = MaxSize;
        if (asked is not null
            && !(int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out size)
            && size is >= 1 and <= MaxSize))
        {
            return null;
        }

        try
        {
            return new PageRequest(
                size, Encoding.UTF8.GetString(Convert.FromHexString(query["$skiptoken"].ToString())));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>
    /// Makes the page of rows of which one more was read than fit, which tells whether there is a next page.
    /// </summary>
    public SecretPage Fill<T>(
        IReadOnlyList<T> rows, HttpRequest request, Func<T, SecretBundle> show, Func<T, string> key)
    {
        var shown = rows.Take(Size).ToList();
        return new SecretPage([.. shown.Select(show)], rows.Count > Size ? LinkAfter(key(shown[^1]), request) : null);
    }

    string LinkAfter(string key, HttpRequest request) =>
        $"https://{request.Host}{request.Path}"
        + $"?api-version={Uri.EscapeDataString(request.Query["api-version"].ToString())}"
        + $"&$skiptoken={Convert.ToHexString(Encoding.UTF8.GetBytes(key))}&maxresults={Size}";
}

/// <summary>One page of a list; the link to the next one is null on the last.</summary>
internal sealed record SecretPage(IReadOnlyList<SecretBundle> Value, string? NextLink);
