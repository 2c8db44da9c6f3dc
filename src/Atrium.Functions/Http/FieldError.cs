namespace Atrium.Functions.Http;

/// <summary>What is wrong with one field of a request.</summary>
/// <param name="Pointer">A JSON Pointer (RFC 6901) to the field, as <c>/visitor/email</c>; empty for the whole document.</param>
/// <param name="Detail">A sentence that says what to change.</param>
internal sealed record FieldError(string Pointer, string Detail)
{
    /// <summary>The pointer to a field within fields.</summary>
    public static string PointerTo(params IEnumerable<string> names) =>
        string.Concat(names.Select(name => "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)));
}
