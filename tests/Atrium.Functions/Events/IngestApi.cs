using Atrium.Functions.Events;
using Atrium.Functions.Messaging;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Events;

/// <summary>The route that takes events, and the queue that they go to.</summary>
sealed class IngestApi : AppRig
{
    public RecordingSender Queue => Bus.Sender(Queues.VisitorEvents);

    public Task<HttpAnswer> PostAsync(
        BinaryData body, string? tenant = "acme", string? key = null, string? contentType = "application/json",
        bool tellsLength = true, CancellationToken cancellationToken = default)
    {
        var request = HttpCall.Of("POST", "/api/events", body, contentType, tellsLength);
        if (tenant is not null)
        {
            request.QueryString = Microsoft.AspNetCore.Http.QueryString.Create("tenant", tenant);
        }

        if (key is not null)
        {
            request.Headers["Idempotency-Key"] = key;
        }

        return HttpCall.AnswerAsync(request, Get<IngestFunction>().RunAsync(request, cancellationToken));
    }

    public List<string?> Ids() => [.. Queue.Sent.Select(message => message.MessageId)];
}
