var t=[{id:"csharp",title:"C#",files:[{name:"Program.cs",text:`// Receives Atrium's webhooks. The signature is checked by the package StandardWebhooks.
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
}`},{name:"Receiver.csproj",text:`<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="StandardWebhooks" Version="1.1.2" />
  </ItemGroup>
</Project>`}]},{id:"csharp-by-hand",title:"C# without a package",files:[{name:"Program.cs",text:`// Receives Atrium's webhooks. The signature is checked by hand, without a package.
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
}`},{name:"ReceiverByHand.csproj",text:`<Project Sdk="Microsoft.NET.Sdk.Web">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <ImplicitUsings>enable</ImplicitUsings>
    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
  </PropertyGroup>
</Project>`}]},{id:"javascript",title:"JavaScript",files:[{name:"receiver.mjs",text:`// Receives Atrium's webhooks.
//
//   npm install
//   WEBHOOK_SECRET=whsec_… node receiver.mjs [port]
//
// It listens to this machine only. Put the server that has the certificate in front of it.
import express from 'express';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';

const secret = process.env.WEBHOOK_SECRET;
if (!secret) {
  console.error('Set WEBHOOK_SECRET to the secret of the webhook, whsec_ and what follows it.');
  process.exit(1);
}

const webhook = new Webhook(secret);
const app = express();

// The bytes as they came: JSON that was parsed and written again has another signature. An event has 196,608 bytes at
// most, and express takes only 102,400 unless told.
app.post('/webhook', express.raw({ type: () => true, limit: '256kb' }), (request, response) => {
  let event;
  try {
    // Compares in constant time, and refuses a timestamp that is over five minutes from this clock.
    event = webhook.verify(request.body ?? '', request.headers);
  } catch (error) {
    if (error instanceof WebhookVerificationError) return response.sendStatus(401);
    throw error;
  }

  // A test: its visitor is made up.
  if (request.get('webhook-test') === 'true') return response.sendStatus(204);

  // Answer within 15 seconds, and work afterwards. If this throws, the answer is 500, and the event comes again.
  store(request.get('webhook-id'), event);
  response.sendStatus(204);
});

// What was received, by its id: the same event can come again. This is a sample. It forgets at a restart, and knows
// nothing of a second instance. Use a database instead: store the event in one transaction with its id, in a table
// whose key is the webhook-id.
const ids = new Set();
const mostIds = 10_000;

function store(id, event) {
  if (ids.has(id)) return;
  console.log(\`Received \${event.event} \${id}\`);
  // Last. If storing fails, the id must not be there, or the event would be lost when it comes again.
  ids.add(id);
  // A set keeps the order in which things were added.
  if (ids.size > mostIds) ids.delete(ids.values().next().value);
}

const server = app.listen(Number(process.argv[2] ?? process.env.PORT ?? 8080), '127.0.0.1', error => {
  if (error) throw error;
  console.log(\`Listening on http://127.0.0.1:\${server.address().port}/webhook\`);
});`},{name:"package.json",text:`{
  "name": "atrium-receiver",
  "private": true,
  "type": "module",
  "scripts": { "start": "node receiver.mjs" },
  "dependencies": {
    "express": "5.3.0",
    "standardwebhooks": "1.1.1"
  }
}`}]},{id:"python",title:"Python",files:[{name:"receiver.py",text:`"""Receives Atrium's webhooks, with Python's standard library only.

    WEBHOOK_SECRET=whsec_… python3 receiver.py [port]

It listens to this machine only. Put the server that has the certificate in front of it. In Flask the bytes of the body
are request.get_data(), in FastAPI await request.body().
"""
import base64
import hashlib
import hmac
import json
import os
import sys
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE_SECONDS = 5 * 60
# An event has 196,608 bytes at most.
MOST_BYTES = 256 * 1024
MOST_IDS = 10_000


def number(text):
    """What a header counts, or None. A stranger can send thousands of digits, on which int() fails."""
    return int(text) if text.isdecimal() and len(text) <= 15 else None


def is_signed(key, headers, body):
    id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    seconds = number(timestamp)
    if not id or seconds is None or abs(time.time() - seconds) > TOLERANCE_SECONDS:
        return False
    # The bytes as they came: JSON that was parsed and written again has another signature.
    digest = hmac.new(key, f"{id}.{timestamp}.".encode("latin-1") + body, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(digest)
    # While a secret is rotated there are several signatures, and one has to fit. The comparison takes the same time
    # wherever two signatures differ.
    signatures = headers.get("webhook-signature", "").encode("latin-1").split(b" ")
    return any(hmac.compare_digest(signature, expected) for signature in signatures)


class Store:
    """What was received, by its id: the same event can come again.

    This is a sample. It forgets at a restart, and knows nothing of a second process. Use a database instead: store the
    event in one transaction with its id, in a table whose key is the webhook-id.
    """

    def __init__(self):
        self._ids = {}
        self._lock = threading.Lock()

    def add(self, id, body):
        """Stores an event, unless it is there already."""
        # In place of the transaction: the same event can come twice at the same time.
        with self._lock:
            if id in self._ids:
                return
            print(f"Received {json.loads(body)['event']} {id}", flush=True)
            # Last. If storing fails, the id must not be there, or the event would be lost when it comes again.
            self._ids[id] = True
            if len(self._ids) > MOST_IDS:
                # A dict keeps the order in which things were added.
                del self._ids[next(iter(self._ids))]


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 15

    def do_POST(self):
        path = self.path.partition("?")[0]
        length = number(self.headers.get("Content-Length", ""))
        if path != "/webhook" or length is None or length > MOST_BYTES:
            # What is not read of this request would be taken for the next one.
            self.close_connection = True
            return self.answer(404 if path != "/webhook" else 411 if length is None else 413)
        body = self.rfile.read(length)
        if not is_signed(self.server.key, self.headers, body):
            return self.answer(401)
        if self.headers.get("webhook-test") == "true":
            # A test: its visitor is made up.
            return self.answer(204)
        # Answer within 15 seconds, and work afterwards.
        try:
            self.server.store.add(self.headers["webhook-id"], body)
        except Exception:
            traceback.print_exc()
            # The event comes again.
            return self.answer(500)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format, *args):
        pass


def main():
    secret = os.environ.get("WEBHOOK_SECRET", "")
    if not secret:
        sys.exit("Set WEBHOOK_SECRET to the secret of the webhook, whsec_ and what follows it.")
    port = int(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("PORT", "8080"))
    with ThreadingHTTPServer(("127.0.0.1", port), Receiver) as server:
        server.key = base64.b64decode(secret.removeprefix("whsec_"))
        server.store = Store()
        print(f"Listening on http://127.0.0.1:{server.server_port}/webhook", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()`}]},{id:"node-red",title:"Node-RED",files:[{name:"flow.json",text:`[
  {
    "id": "atrium-webhook",
    "type": "tab",
    "label": "Atrium webhook",
    "disabled": false,
    "info": "Receives Atrium's webhooks: verifies, drops tests and duplicates, answers.",
    "env": []
  },
  {
    "id": "atrium-in",
    "type": "http in",
    "z": "atrium-webhook",
    "name": "",
    "url": "/webhook",
    "method": "post",
    "upload": false,
    "skipBodyParsing": true,
    "swaggerDoc": "",
    "x": 120,
    "y": 100,
    "wires": [
      [
        "atrium-verify"
      ]
    ]
  },
  {
    "id": "atrium-verify",
    "type": "function",
    "z": "atrium-webhook",
    "name": "verify",
    "func": "// The secret is the environment variable WEBHOOK_SECRET of Node-RED, or of this flow.\\nconst secret = env.get('WEBHOOK_SECRET');\\nif (!secret) throw new Error('Set WEBHOOK_SECRET to the secret of the webhook, whsec_ and what follows it.');\\n\\nconst { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '', 'webhook-signature': signatures = '' } =\\n  msg.req.headers;\\n// The bytes as they came: JSON that was parsed and written again has another signature.\\nconst body = msg.payload;\\nconst hash = crypto.createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))\\n  .update(\`\${id}.\${timestamp}.\`).update(body).digest('base64');\\nconst expected = Buffer.from(\`v1,\${hash}\`);\\n\\n// While a secret is rotated there are several signatures, and one has to fit. The comparison takes the same time\\n// wherever two signatures differ.\\nconst isSigned = id !== '' && /^\\\\d+$/.test(timestamp) && Math.abs(Date.now() / 1000 - Number(timestamp)) <= 300\\n  && signatures.split(' ').map(text => Buffer.from(text))\\n    .some(given => given.length === expected.length && crypto.timingSafeEqual(given, expected));\\n\\nconst answer = { req: msg.req, res: msg.res, statusCode: isSigned ? 204 : 401, payload: '' };\\n// A test has webhook-test: true. Its visitor is made up.\\nconst isTest = msg.req.headers['webhook-test'] === 'true';\\n// The same event can come again: \\"remember\\" keeps the ids.\\nconst isKnown = (flow.get('ids') ?? []).includes(id);\\nif (!isSigned || isTest || isKnown) return [answer, null];\\n\\n// The first output answers. The second has the event, for what you want done with it.\\nmsg.topic = id;\\nmsg.payload = JSON.parse(body.toString('utf8'));\\nreturn [null, msg];",
    "outputs": 2,
    "timeout": "",
    "noerr": 0,
    "initialize": "",
    "finalize": "",
    "libs": [
      {
        "var": "crypto",
        "module": "crypto"
      }
    ],
    "x": 290,
    "y": 100,
    "wires": [
      [
        "atrium-answer"
      ],
      [
        "atrium-event"
      ]
    ]
  },
  {
    "id": "atrium-event",
    "type": "function",
    "z": "atrium-webhook",
    "name": "your work",
    "func": "node.log(\`Received \${msg.payload.event} \${msg.topic}\`);\\nreturn msg;",
    "outputs": 1,
    "timeout": "",
    "noerr": 0,
    "initialize": "",
    "finalize": "",
    "libs": [],
    "x": 460,
    "y": 140,
    "wires": [
      [
        "atrium-remember"
      ]
    ]
  },
  {
    "id": "atrium-catch",
    "type": "catch",
    "z": "atrium-webhook",
    "name": "failed",
    "scope": null,
    "uncaught": false,
    "x": 460,
    "y": 200,
    "wires": [
      [
        "atrium-remember"
      ]
    ]
  },
  {
    "id": "atrium-remember",
    "type": "function",
    "z": "atrium-webhook",
    "name": "remember",
    "func": "// After the work: if that fails, the id must not be there, or the event would be lost when it comes again. This is a\\n// sample. It forgets at a restart, unless Node-RED keeps its context on disk. Use a database instead: store the event\\n// in one transaction with its id, in a table whose key is the webhook-id.\\nif (!msg.error) {\\n  const ids = flow.get('ids') ?? [];\\n  ids.push(msg.req.headers['webhook-id']);\\n  if (ids.length > 10000) ids.shift();\\n  flow.set('ids', ids);\\n}\\n\\n// Nothing of the event belongs in the answer.\\nreturn { req: msg.req, res: msg.res, statusCode: msg.error ? 500 : 204, payload: '' };",
    "outputs": 1,
    "timeout": "",
    "noerr": 0,
    "initialize": "",
    "finalize": "",
    "libs": [],
    "x": 640,
    "y": 140,
    "wires": [
      [
        "atrium-answer"
      ]
    ]
  },
  {
    "id": "atrium-answer",
    "type": "http response",
    "z": "atrium-webhook",
    "name": "answer",
    "statusCode": "",
    "headers": {},
    "x": 820,
    "y": 60,
    "wires": []
  }
]`}]}];export{t as default};
