namespace Atrium.Functions.Http;

/// <summary>Reads the URLs that others write. Pure.</summary>
internal static class AbsoluteUrl
{
    /// <summary>The URL that a text is, with a host that can be looked up if it has one; otherwise null.</summary>
    /// <param name="origin">What the text may be relative to.</param>
    public static Uri? Of(string? text, Uri? origin = null)
    {
        try
        {
            var isOne = origin is null
                ? Uri.TryCreate(text, UriKind.Absolute, out var url)
                : Uri.TryCreate(origin, text, out url);
            // A host that IDNA forbids is noticed only when it is asked for.
            return isOne && url!.IdnHost.Length >= 0 ? url : null;
        }
        catch (Exception e) when (e is UriFormatException or IndexOutOfRangeException)
        {
            // TryCreate throws on some, such as a host that begins with a mark for the direction of text.
            return null;
        }
    }
}
