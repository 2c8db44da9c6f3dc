using System.IO.Compression;
using System.Net;
using Atrium.Functions.Console;
using Atrium.Functions.Tests.Fakes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Tests.Console;

public sealed class GetConsoleTests
{
    const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors {0}; require-trusted-types-for 'script'; "
        + "trusted-types 'none'";

    readonly PortalOptions _options = new();
    HttpResponse _response = null!;

    [Theory]
    [InlineData("/api/console/", null)]
    [InlineData("/api/console/", "")]
    [InlineData("/api/console/index.html", "index.html")]
    public async Task The_page_is_served_and_asked_for_again_each_time(string path, string? file)
    {
        var answer = await AskAsync(path, file);

        Assert.Equal((HttpStatusCode.OK, "text/html", "no-cache"),
            (answer.Status, answer.ContentType, answer.CacheControl));
        Assert.StartsWith("<!doctype html>", answer.Text, StringComparison.Ordinal);
        Assert.NotEmpty(answer.ETag);
        var again = await AskAsync(path, file, request => request.Headers.IfNoneMatch = answer.ETag);
        Assert.Equal((HttpStatusCode.NotModified, ""), (again.Status, again.Text));
    }

    [Fact]
    public async Task Without_the_slash_it_leads_to_the_page()
    {
        var answer = await AskAsync("/api/console", null);

        Assert.Equal((HttpStatusCode.PermanentRedirect, "console/"), (answer.Status, answer.Location));
    }

    [Theory]
    [InlineData("nothing.js")]
    [InlineData("index.html.br")]
    [InlineData("INDEX.HTML")]
    [InlineData("../index.html")]
    [InlineData("sub/index.html")]
    public async Task What_is_no_file_of_the_page_is_not_there(string file) =>
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync($"/api/console/{file}", file)).Status);

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip;q=1.0, br;q=0", "gzip")]
    [InlineData("GZIP", "gzip")]
    [InlineData("deflate", "")]
    [InlineData("", "")]
    public async Task A_file_is_compressed_as_the_browser_takes_it(string accepted, string coding)
    {
        var plain = await AskAsync("/api/console/", null);
        await AskAsync("/api/console/", null, request => request.Headers.AcceptEncoding = accepted);

        Assert.Equal(
            (coding, "Accept-Encoding"),
            (_response.Headers.ContentEncoding.ToString(), _response.Headers.Vary.ToString()));
        var body = (MemoryStream)_response.Body;
        body.Position = 0;
        using Stream read = coding switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        };
        using var text = new StreamReader(read);
        Assert.Equal(plain.Text, await text.ReadToEndAsync());
        Assert.Equal(coding.Length > 0, _response.Headers.ETag != plain.ETag);
    }

    [Fact]
    public void Each_file_has_a_type_is_there_compressed_and_says_what_it_says_plain()
    {
        var files = new ConsoleFiles(Options.Create(_options));

        Assert.NotNull(files.Find("theme.css"));
        var names = typeof(ConsoleFiles).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("console/", StringComparison.Ordinal) && !IsCompressed(name))
            .Select(name => name["console/".Length..])
            .ToList();
        Assert.Contains("index.html", names);
        foreach (var name in names)
        {
            var file = files.Find(name)!;
            Assert.Equal(["br", "gzip", null], file.Variants.Select(variant => variant.Coding));
            Assert.Equal(3, file.Variants.Select(variant => variant.ETag).Distinct().Count());
        }

        static bool IsCompressed(string name) => Path.GetExtension(name) is ".br" or ".gz";
    }

    [Fact]
    public async Task Each_answer_says_what_the_page_may_do_and_who_may_frame_it()
    {
        foreach (var (path, file) in new[]
        {
            ("/api/console/", null), ("/api/console", null), ("/api/console/x", "x"),
            ("/api/console/theme.css", "theme.css"),
        })
        {
            await AskAsync(path, file);

            Assert.Equal(Policy.Replace("{0}", "'none'", StringComparison.Ordinal),
                _response.Headers.ContentSecurityPolicy);
            Assert.Equal("nosniff", _response.Headers.XContentTypeOptions);
            Assert.Equal("no-referrer", _response.Headers["Referrer-Policy"]);
            Assert.Equal("clipboard-write=(self)", _response.Headers["Permissions-Policy"]);
            Assert.Equal("same-origin", _response.Headers["Cross-Origin-Opener-Policy"]);
            Assert.Equal("same-origin", _response.Headers["Cross-Origin-Resource-Policy"]);
        }

        _options.FrameAncestors = ["https://app.example.com", "https://other.example.com:8443"];
        await AskAsync("/api/console/embed.js", "embed.js");
        Assert.Equal(
            Policy.Replace(
                "{0}", "https://app.example.com https://other.example.com:8443", StringComparison.Ordinal),
            _response.Headers.ContentSecurityPolicy);
        Assert.Equal("cross-origin", _response.Headers["Cross-Origin-Resource-Policy"]);
    }

    [Fact]
    public async Task The_theme_has_the_colour_that_is_set_and_without_one_the_page_does_not_ask_for_it()
    {
        Assert.Empty((await AskAsync("/api/console/theme.css", "theme.css")).Text);
        Assert.DoesNotContain(
            "theme.css", (await AskAsync("/api/console/", null)).Text, StringComparison.Ordinal);

        _options.Accent = "#0b57d0";
        var theme = await AskAsync("/api/console/theme.css", "theme.css");

        Assert.Contains("theme.css", (await AskAsync("/api/console/", null)).Text, StringComparison.Ordinal);
        Assert.Equal(("text/css", "no-cache"), (theme.ContentType, theme.CacheControl));
        Assert.Equal(":root { --atrium-accent: #0b57d0; }\n", theme.Text);
    }

    async Task<HttpAnswer> AskAsync(string path, string? file, Action<HttpRequest>? change = null)
    {
        var request = HttpCall.Of("GET", path);
        request.RouteValues[GetConsoleFunction.RouteValue] = file;
        change?.Invoke(request);
        _response = request.HttpContext.Response;
        var options = Options.Create(_options);
        return await HttpCall.AnswerAsync(
            request, new GetConsoleFunction(new ConsoleFiles(options), options).RunAsync(request));
    }
}
