// Receives Atrium's webhooks. The signature is checked by the package StandardWebhooks.
//
//   WEBHOOK_SECRET=whsec_… dotnet run [--port 8080]
//
// It listens to this machine only. Put the server that has the certificate in front of it.
using System.Text;
using System.Text.Json;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;

var builder = WebApplication.CreateBuilder(args);
var secret = builder.Configuration["WEBHOOK_SECRET"];
if (string.IsNullOrEmpty(secret))
{
    Console.Error.WriteLine("Set WEBHOOK_SECRET to the secret of the webhook, whsec_ and what follows it.");
    return 1;
}

var port = builder.Configuration["port"] ?? "8080";
builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
builder.Logging.SetMinimumLevel(LogLevel.Warning);
// An event has 196,608 bytes at most.
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 256 * 1024);
var app = builder.Build();
var webhook = new StandardWebhook(secret);
var store = new Store();

app.MapPost("/webhook", async (HttpRequest request) =>
{
    // The bytes as they came. JSON that was parsed and written again has another signature.
    using var buffer = new MemoryStream();
    await request.Body.CopyToAsync(buffer);
    var body = Encoding.UTF8.GetString(buffer.ToArray());
    try
    {
        // Compares in constant time, and refuses a timestamp that is over five minutes from this clock.
        webhook.Verify(body, request.Headers);
    }
    // The package throws an ArgumentException if a signature is empty.
    catch (Exception e) when (e is WebhookVerificationException or ArgumentException)
    {
        return Results.Unauthorized();
    }

    if (request.Headers["webhook-test"] == "true")
    {
        // A test: its visitor is made up.
        return Results.NoContent();
    }

    // Answer within 15 seconds, and work afterwards. If this throws, the answer is 500, and the event comes again.
    store.Add(request.Headers["webhook-id"].ToString(), body);
    return Results.NoContent();
});

await app.StartAsync();
Console.WriteLine($"Listening on {app.Urls.Single()}/webhook");
await app.WaitForShutdownAsync();
return 0;

/// <summary>
/// What was received, by its id: the same event can come again. This is a sample. It forgets at a restart, and knows
/// nothing of a second instance. Use a database instead: store the event in one transaction with its id, in a table
/// whose key is the webhook-id.
/// </summary>
sealed class Store
{
    const int Most = 10_000;
    readonly HashSet<string> ids = [];
    readonly Queue<string> oldestFirst = [];

    /// <summary>Stores an event, unless it is there already.</summary>
    public void Add(string id, string body)
    {
        // In place of the transaction: the same event can come twice at the same time.
        lock (ids)
        {
            if (ids.Contains(id))
            {
                return;
            }

            using var json = JsonDocument.Parse(body);
            Console.WriteLine($"Received {json.RootElement.GetProperty("event").GetString()} {id}");
            // Last. If storing fails, the id must not be there, or the event would be lost when it comes again.
            ids.Add(id);
            oldestFirst.Enqueue(id);
            if (oldestFirst.Count > Most)
            {
                ids.Remove(oldestFirst.Dequeue());
            }
        }
    }
}
