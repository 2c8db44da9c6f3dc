using System.Text.Json;
using Azure.Messaging.ServiceBus;

namespace Atrium.EndToEnd;

/// <summary>The app, driven by the operations of its OpenAPI document.</summary>
internal static class Operations
{
    /// <summary>Calls an operation.</summary>
    public static async Task<(int Status, JsonElement Json)> CallAsync(
        this RunningApp app, string operation, TenantsThings things, string? tenant = null)
    {
        var called = ApiContract.OfTheApp.Operations.Single(one => one.Id == operation);
        using var response = await app.PersistAsync(() => things.Request(called, tenant));
        var body = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, body.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(body));
    }

    /// <summary>Calls an operation, which succeeds.</summary>
    public static async Task<JsonElement> DoAsync(this RunningApp app, string operation, TenantsThings things)
    {
        var (status, json) = await app.CallAsync(operation, things);
        Assert.True(status is >= 200 and < 300, $"{operation} was answered {status}: {json}");
        return json;
    }

    /// <summary>Waits until a job has ended, and gives it.</summary>
    public static async Task<JsonElement> EndedAsync(this RunningApp app, string tenant, JsonElement job)
    {
        var id = job.GetProperty("id").GetString()!;
        await app.LoggedAsync($"Job {id}", "ended as");
        return await app.GetAsync($"api/tenants/{tenant}/jobs/{id}");
    }

    /// <summary>
    /// Puts a message on a queue that the app cannot use, and waits until it lies in the dead-letter queue as the
    /// tenant's.
    /// </summary>
    /// <returns>Its sequence number there.</returns>
    public static async Task<string> PoisonAsync(this RunningApp app, string tenant, string queue)
    {
        var before = await app.LettersAsync(tenant, queue);
        await using var client = new ServiceBusClient(app.ServiceBus);
        await using var sender = client.CreateSender(queue);
        await sender.SendMessageAsync(new ServiceBusMessage("""{"visitor":{"email":"jane.smith@example.com"}}""")
        {
            MessageId = $"{Guid.NewGuid()}",
            ApplicationProperties = { ["tenant"] = tenant },
        });
        var letters = before;
        await Eventually.TrueAsync(async () =>
        {
            await app.IndexAsync($"dead-letters/count?queue={queue}");
            return (letters = await app.LettersAsync(tenant, queue)).Count > before.Count;
        });
        return letters[0];
    }

    /// <summary>Asks until all dependencies answer in time: at first, on a slow machine, one may not.</summary>
    public static async Task HealthyAsync(this RunningApp app)
    {
        using var response = await app.PersistAsync(
            () => new(HttpMethod.Get, new Uri("api/health", UriKind.Relative)));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    static async Task<IReadOnlyList<string>> LettersAsync(this RunningApp app, string tenant, string queue)
    {
        var page = await app.GetAsync($"api/tenants/{tenant}/dead-letters?queue={queue}");
        return [.. page.GetProperty("items").EnumerateArray()
            .Select(letter => letter.GetProperty("sequenceNumber").GetString()!)];
    }
}
