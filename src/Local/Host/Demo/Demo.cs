using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Atrium.Functions.Events;
using Atrium.Functions.Signing;
using Atrium.Local.Host.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Atrium.Local.Host.Demo;

/// <summary>Three events from publishing to delivery, by the same doors that everybody uses.</summary>
internal sealed class Demo(Uri address, IConfiguration configuration, TimeProvider time)
{
    // Nothing takes longer than the wait of five to six seconds before a second attempt; a machine may be ten times as
    // slow.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);

    readonly Dictionary<string, DateTimeOffset> _lastAttempts = [];

    /// <returns>Whether everything was delivered.</returns>
    public async Task<bool> RunAsync(CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        try
        {
            // From one step to the next: however many there are, a slow machine gets through them.
            await PublishAsync(() => deadline.CancelAfter(Patience), either.Token);
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or InvalidOperationException)
        {
            Console.Error.WriteLine(deadline.IsCancellationRequested
                ? $"Not everything was delivered, and for {Patience.TotalSeconds} s nothing has happened any more."
                : $"The demo was stopped before everything was delivered: {e.Message}");
            return false;
        }
    }

    async Task PublishAsync(Action progressed, CancellationToken cancellationToken)
    {
        await using var receiver = new DemoReceiver(time);
        var target = await receiver.StartAsync(cancellationToken);
        using var api = new HttpClient { BaseAddress = address };
        if (configuration.GetSection(FunctionKeys.Section).GetChildren().FirstOrDefault()?.Value is { } key)
        {
            api.DefaultRequestHeaders.Add(FunctionKeys.HeaderName, key);
        }

        // One that the app generates is not shown again to who has to repeat the request.
        var secret = SigningSecret.Generate(RandomNumberGenerator.GetBytes);
        receiver.Secret = secret;
        await PostAsync(
            api, "api/tenants/demo/subscriptions",
            $$"""{"url":"{{target}}","events":["*"],"secret":"{{secret.Reveal()}}"}""", cancellationToken);
        progressed();
        Console.WriteLine(
            $"\nSubscribed {target} to all events, with a generated secret. "
            + "It will answer the first attempt of each with 503.\n");

        foreach (var sample in EventSamples.All)
        {
            var accepted = await PostAsync(api, "api/events?tenant=demo", sample, cancellationToken);
            progressed();
            Console.WriteLine(
                $"  published  {JsonDocument.Parse(sample).RootElement.GetProperty("event").GetString(),-24} "
                + $"{accepted.GetProperty("id").GetString()}");
        }

        for (var delivered = 0; delivered < EventSamples.All.Count;)
        {
            var request = await receiver.Requests.ReadAsync(cancellationToken);
            progressed();
            Show(request);
            delivered += request.Status == StatusCodes.Status200OK ? 1 : 0;
        }

        Console.WriteLine("""

            All three delivered. Where to go next:
              dotnet run --project src/Atrium.Functions        the same app, ready for requests
              docs/verifying-signatures.md                     what a receiver has to do
              README.md                                        everything else
              http://localhost:7071/api/console/#tenant=acme   the admin's page, while the app runs
            """);
    }

    void Show(DemoReceiver.Request request)
    {
        var waited = _lastAttempts.TryGetValue(request.Id, out var last)
            ? $", {(request.At - last).TotalSeconds:F1} s after the last"
            : "";
        _lastAttempts[request.Id] = request.At;
        var signature = request.Signature == SignatureCheck.Valid
            ? "signature verified"
            : $"signature NOT verified ({request.Signature})";
        Console.WriteLine(
            $"  attempt {request.Attempt}  {request.Event,-24} {signature}, answered {request.Status}{waited}");
    }

    // A machine that is just starting all of this may be too busy to answer at once: a store is late, or the worker,
    // whose answer is a 500 without words then.
    async Task<JsonElement> PostAsync(HttpClient api, string path, string json, CancellationToken cancellationToken)
    {
        var key = RandomNumberGenerator.GetHexString(32);
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative));
            request.Headers.Add("Idempotency-Key", key);
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
            using var response = await api.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            }

            if (response is not ({ StatusCode: HttpStatusCode.ServiceUnavailable }
                or { StatusCode: HttpStatusCode.InternalServerError, Content.Headers.ContentType: null }))
            {
                throw new InvalidOperationException(
                    $"POST {path} answered {(int)response.StatusCode}: "
                    + $"{await response.Content.ReadAsStringAsync(cancellationToken)}");
            }

            await Task.Delay(AgainAfter, time, cancellationToken);
        }
    }
}
