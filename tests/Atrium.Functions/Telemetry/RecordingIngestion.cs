using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Atrium.Functions.Tests.Telemetry;

/// <summary>Takes what is sent to Application Insights, and keeps it.</summary>
sealed class RecordingIngestion : HttpMessageHandler
{
    readonly ConcurrentQueue<JsonElement> _items = new();

    /// <summary>What came, in the order of coming.</summary>
    public IEnumerable<JsonElement> Items => _items;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var lines = (await request.Content!.ReadAsStringAsync(cancellationToken))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in lines)
        {
            _items.Enqueue(JsonElement.Parse(line));
        }

        return new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent(
                $$"""{"itemsReceived":{{lines.Length}},"itemsAccepted":{{lines.Length}},"errors":[]}""", Encoding.UTF8,
                "application/json"),
        };
    }
}
