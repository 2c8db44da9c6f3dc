using System.Collections.Concurrent;

namespace Atrium.EndToEnd;

/// <summary>Keeps every answer of the app, headers and body, as text.</summary>
internal sealed class RecordingHandler : DelegatingHandler
{
    readonly ConcurrentQueue<string> _answers = new();

    public RecordingHandler()
        : base(new SocketsHttpHandler())
    {
    }

    public IReadOnlyCollection<string> Answers => _answers;

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        _answers.Enqueue($"{response}\n{await response.Content.ReadAsStringAsync(cancellationToken)}");
        return response;
    }
}
