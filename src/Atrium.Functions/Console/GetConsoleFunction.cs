using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Atrium.Functions.Console;

/// <summary>Serves the admin's page. Its files have no tenant's data, so they are open to all.</summary>
internal sealed class GetConsoleFunction(ConsoleFiles files, IOptions<PortalOptions> options)
{
    /// <summary>The value of the route that names the file.</summary>
    public const string RouteValue = "file";

    const string Kept = "public, max-age=31536000, immutable";
    const string Asked = "no-cache";

    readonly string _policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; "
        + $"frame-ancestors {string.Join(' ', options.Value.FrameAncestors.DefaultIfEmpty("'none'"))}; "
        + "require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>
    /// <c>GET /api/console/</c> and the files that the page loads: 200, 304 or 404. <c>/api/console</c> is 308 to it.
    /// </summary>
    [Function("GetConsole")]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "console/{*file}")] HttpRequest request)
    {
        var name = request.RouteValues.GetValueOrDefault(RouteValue) as string;
        Protect(request.HttpContext.Response, name);
        var isDirectory = string.IsNullOrEmpty(name);
        return Task.FromResult<IResult>(
            isDirectory && !request.Path.Value!.EndsWith('/') ? Redirect(request)
            : files.Find(isDirectory ? ConsoleFiles.Index : name!) is { } file ? Answer(request, file)
            : TypedResults.NotFound());
    }

    // Relative, since nobody here knows by which name and over which proxies the page is reached.
    static RedirectHttpResult Redirect(HttpRequest request) =>
        TypedResults.Redirect($"{request.Path.Value![(request.Path.Value!.LastIndexOf('/') + 1)..]}/", true, true);

    static FileContentHttpResult Answer(HttpRequest request, ConsoleFile file)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        var variant = file.Variants.First(one => one.Coding is null || Takes(accepted, one.Coding));
        var headers = request.HttpContext.Response.Headers;
        headers.CacheControl = file.IsHashed ? Kept : Asked;
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.ContentEncoding = variant.Coding;
        return TypedResults.Bytes(
            variant.Bytes, file.ContentType, entityTag: new EntityTagHeaderValue(variant.ETag));
    }

    static bool Takes(IList<StringWithQualityHeaderValue> accepted, string coding) =>
        accepted.Any(one => one.Value.Equals(coding, StringComparison.OrdinalIgnoreCase) && one.Quality is not 0);

    void Protect(HttpResponse response, string? name)
    {
        response.Headers.ContentSecurityPolicy = _policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Permissions-Policy"] = "clipboard-write=(self)";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Resource-Policy"] =
            name == ConsoleFiles.Embed ? "cross-origin" : "same-origin";
    }
}
