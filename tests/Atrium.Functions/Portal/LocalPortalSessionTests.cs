using System.Net;
using System.Xml.Linq;
using Atrium.Functions.Portal;
using Atrium.Functions.Tests.Architecture;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Portal;

public sealed class LocalPortalSessionTests : IDisposable
{
    readonly PortalApi _api = new();

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("127.0.0.1", "localhost:7071")]
    [InlineData("::1", "[::1]:7071")]
    [InlineData(null, "127.0.0.1:7071")]
    public async Task This_machine_gets_a_session_that_may_do_everything(string? client, string host)
    {
        var made = await AskAsync(client, host);

        Assert.Equal((HttpStatusCode.Created, "no-store"), (made.Status, made.CacheControl));
        Assert.StartsWith($"http://{host}/api/console/#session=", made.Json.GetProperty("url").GetString(),
            StringComparison.Ordinal);
        var session = await _api.CallAsync("GET", "session", made.Json.GetProperty("token").GetString());
        Assert.Equal("acme", session.Json.GetProperty("tenant").GetString());
        Assert.Equal(4, session.Json.GetProperty("rights").GetArrayLength());
    }

    // A name of somebody else's can lead to this machine: its page would read the answer.
    [Theory]
    [InlineData("203.0.113.9", "localhost:7071", "127.0.0.1")]
    [InlineData("127.0.0.1, 203.0.113.9", "localhost:7071", "127.0.0.1")]
    [InlineData("127.0.0.1", "evil.example:7071", "127.0.0.1")]
    [InlineData("127.0.0.1", "localhost.evil.example", "127.0.0.1")]
    [InlineData("127.0.0.1", "localhost:7071", "203.0.113.9")]
    [InlineData("127.0.0.1", "localhost:7071", null)]
    public async Task Nobody_else_does(string? client, string host, string? peer)
    {
        var answer = await AskAsync(client, host, peer);

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
    }

    [Theory]
    [InlineData("""{"tenant":".."}""")]
    [InlineData("""{}""")]
    [InlineData("""{"tenant":"acme","rights":[]}""")]
    public async Task What_it_is_asked_for_must_be_a_tenant(string json) => Assert.Equal(
        HttpStatusCode.BadRequest, (await AskAsync("127.0.0.1", "localhost:7071", json: json)).Status);

    [Fact]
    public void It_is_not_compiled_into_what_is_published()
    {
        var project = XDocument.Load(
            Path.Combine(SourceFormTests.Root, "src", "Atrium.Functions", "Atrium.Functions.csproj"));
        var removed = project.Descendants("Compile").Single(one => one.Attribute("Remove") is not null);

        Assert.Equal("'$(_IsPublishing)' == 'true'", removed.Parent!.Attribute("Condition")!.Value);
        Assert.Contains(
            "Portal/LocalPortalSessionFunction.cs", removed.Attribute("Remove")!.Value.Split(';'));
    }

    Task<HttpAnswer> AskAsync(
        string? client, string host, string? peer = "127.0.0.1", string json = """{"tenant":"acme"}""")
    {
        var request = HttpCall.Of("POST", "/api/portal/local-session", BinaryData.FromString(json));
        request.Scheme = "http";
        request.Headers["X-Forwarded-Host"] = host;
        if (client is not null)
        {
            request.Headers["X-Forwarded-For"] = client;
        }

        request.HttpContext.Connection.RemoteIpAddress = peer is null ? null : IPAddress.Parse(peer);
        return HttpCall.AnswerAsync(
            request, _api.Rig.Get<LocalPortalSessionFunction>().RunAsync(request, default));
    }
}
