// Receives Atrium's webhooks. The signature is checked by hand, without a package.
//
//   WEBHOOK_SECRET=whsec_… dotnet run [--port 8080]
//
// It listens to this machine only. Put the server that has the certificate in front of it.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

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
var key = Convert.FromBase64String(secret.StartsWith("whsec_") ? secret["whsec_".Length..] : secret);
var store = new Store();

app.MapPost("/webhook", async (HttpRequest request) =>
{
    // The bytes as they came. JSON that was parsed and written again has another signature.
    using var buffer = new MemoryStream();
    await request.Body.CopyToAsync(buffer);
    var body = buffer.ToArray();
    if (!IsSigned(request.Headers, body))
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

bool IsSigned(IHeaderDictionary headers, byte[] body)
{
    var (id, timestamp) = (headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString());
    if (id == "" || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        || Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - seconds) > 5 * 60)
    {
        return false;
    }

    byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
    var hash = HMACSHA256.HashData(key, signed);
    var expected = Encoding.UTF8.GetBytes("v1," + Convert.ToBase64String(hash));
    // While a secret is rotated there are several signatures, and one has to fit. The comparison takes the same time
    // wherever two signatures differ.
    return headers["webhook-signature"].ToString().Split(' ')
        .Any(signature => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), expected));
}

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
    public void Add(string id, byte[] body)
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
