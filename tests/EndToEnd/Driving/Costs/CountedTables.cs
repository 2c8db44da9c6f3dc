using System.Text;
using System.Text.RegularExpressions;
using Atrium.Local.Emulators.Azurite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Atrium.EndToEnd;

/// <summary>
/// Stands before Azurite, hands everything on, and counts the requests that concern subscriptions and attempts.
/// </summary>
internal sealed partial class CountedTables : IAsyncDisposable
{
    readonly Lock _gate = new();
    readonly HttpClient _azurite;
    readonly WebApplication _server;
    TableCount _count = new(0, 0, 0, 0);

    CountedTables(Uri azurite, WebApplication server) =>
        (_azurite, _server) = (new HttpClient { BaseAddress = azurite }, server);

    public string ConnectionString { get; private set; } = "";

    /// <summary>Gets what a request has changed, before the one who has asked for it hears of that.</summary>
    public Action<string> OnDone { get; set; } = _ => { };

    public static async Task<CountedTables> StartAsync(AzuriteEmulator azurite)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = builder.Build();
        var tables = new CountedTables(new Uri($"http://127.0.0.1:{azurite.Port}"), server);
        server.Urls.Add("http://127.0.0.1:0");
        server.Run(tables.HandOnAsync);
        await server.StartAsync();
        // What signs a request signs its path, not its host.
        tables.ConnectionString = azurite.ConnectionString.Replace(
            $":{azurite.Port}/", $":{new Uri(server.Urls.First()).Port}/", StringComparison.Ordinal);
        return tables;
    }

    /// <summary>What was counted since this was last asked.</summary>
    public TableCount Take()
    {
        lock (_gate)
        {
            var taken = _count;
            _count = new(0, 0, 0, 0);
            return taken;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _azurite.Dispose();
    }

    async Task HandOnAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var text = Encoding.UTF8.GetString(body.ToArray());
        Count(context.Request, text);
        // As it was sent: a path decoded and encoded again might be another.
        using var request = new HttpRequestMessage(
            new(context.Request.Method), context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        request.Content = new ByteArrayContent(body.ToArray());
        foreach (var (name, values) in context.Request.Headers.Where(header => header.Key != "Transfer-Encoding"))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        using var response = await _azurite.SendAsync(request, context.RequestAborted);
        OnDone(text);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers)
            .Where(header => header.Key != "Transfer-Encoding"))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        await response.Content.CopyToAsync(context.Response.Body);
    }

    void Count(HttpRequest request, string body)
    {
        var changes = request.Path.Value!.EndsWith("/$batch", StringComparison.Ordinal) ? Change().Count(body) : 0;
        var counted = changes > 0 || Row().IsMatch(request.Path);
        // A timer that goes through the subscriptions of all tenants may come at any time, too.
        var read = counted && HttpMethods.IsGet(request.Method)
            && Uri.UnescapeDataString($"{request.Path}{request.QueryString}")
            .Contains("PartitionKey", StringComparison.Ordinal);
        var ofSubscription = read
            && request.Path.Value.Contains("/Subscriptions(PartitionKey=", StringComparison.Ordinal);
        var written = counted && !HttpMethods.IsGet(request.Method);
        lock (_gate)
        {
            _count = new(
                _count.SubscriptionReads + (ofSubscription ? 1 : 0),
                _count.OtherReads + (read && !ofSubscription ? 1 : 0),
                _count.Transactions + (written ? 1 : 0),
                _count.Rows + (written ? Math.Max(1, changes) : 0));
        }
    }

    // Rows of these tables only: a timer that looks for jobs may come at any time.
    [GeneratedRegex(@"^/\w+/(Subscriptions|Attempts\w+)\b")]
    private static partial Regex Row();

    [GeneratedRegex(@"^(POST|PUT|MERGE|PATCH|DELETE) \S+/(Subscriptions|Attempts\w+)\b", RegexOptions.Multiline)]
    private static partial Regex Change();
}
