using System.Security.Cryptography;
using System.Text;
using Azure;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Atrium.Functions.Http;

/// <summary>
/// Keeps two admins from overwriting each other (RFC 9110, 13.1.1): an answer has a tag of the version that it shows,
/// and a change names the version that it was made from.
/// </summary>
internal static class EntityTag
{
    const int Bytes = 8;
    const string Excluded =
        "If-None-Match names the version that is there, so the change was not made. Leave the header out to make it.";

    /// <summary>
    /// The tag of a table row's version. A hash, because the row's own tag has quotes and is marked weak.
    /// </summary>
    public static string Of(ETag version) =>
        $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(version.ToString())).AsSpan(0, Bytes))}\"";

    /// <summary>Puts the tag into the answer.</summary>
    public static void Show(HttpContext context, ETag version) => context.Response.Headers.ETag = Of(version);

    /// <summary>Whether <c>If-None-Match</c> names the current version (RFC 9110, 13.1.2).</summary>
    public static bool IsKnown(HttpRequest request, ETag current) =>
        Names(request.GetTypedHeaders().IfNoneMatch, current, isStrong: false);

    /// <summary>Compares <c>If-Match</c>, and then <c>If-None-Match</c>, with the current version.</summary>
    /// <returns>
    /// Null when the change may be made; otherwise 428 when <c>If-Match</c> is missing, or 412 when it names another
    /// version or <c>If-None-Match</c> names this one.
    /// </returns>
    public static IResult? Refusal(HttpRequest request, ETag current) =>
        request.Headers.IfMatch.ToString().Length == 0 ? Problem.PreconditionRequired()
        : !Names(request.GetTypedHeaders().IfMatch, current, isStrong: true) ? Problem.PreconditionFailed()
        : IsKnown(request, current) ? Problem.PreconditionFailed("Not changed", Excluded)
        : null;

    static bool Names(IEnumerable<EntityTagHeaderValue> given, ETag current, bool isStrong)
    {
        var tag = new EntityTagHeaderValue(Of(current));
        return given.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(tag, isStrong));
    }
}
