using System.Text.Json;
using Atrium.JavaScript;
using Xunit.Abstractions;

namespace Atrium.EndToEnd;

/// <summary>The libraries by which customers verify in JavaScript, as npm has them.</summary>
internal static class ReceiversLibraries
{
    /// <summary>Which library takes each request, of a receiver that has the secret beside it.</summary>
    public static async Task<IReadOnlyList<Verdict>> VerifyAsync(
        IEnumerable<(Received Request, string Secret)> receivers, ITestOutputHelper output)
    {
        var scripts = Path.Combine(AppContext.BaseDirectory, "scripts");
        await NpmPackages.InstallAsync(scripts, output.WriteLine);
        var given = receivers.Select(receiver => new
        {
            secret = receiver.Secret,
            headers = receiver.Request.Headers,
            body = Convert.ToBase64String(receiver.Request.Body),
        });
        return JsonSerializer.Deserialize<IReadOnlyList<Verdict>>(
            await NodeScript.RunAsync(Path.Combine(scripts, "verify.mjs"), [JsonSerializer.Serialize(given)]),
            JsonSerializerOptions.Web)!;
    }
}

/// <summary>Whether each library takes a request.</summary>
internal sealed record Verdict(bool Standardwebhooks, bool Svix)
{
    public static readonly Verdict Taken = new(true, true);

    public static readonly Verdict Refused = new(false, false);
}
