using System.Collections.Concurrent;
using System.Globalization;
using Amqp;
using Amqp.Framing;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>Requests to one of the service's own addresses, and the answers to them.</summary>
internal sealed class RequestLink
{
    /// <summary>As many answers as may be under way; the service's own clients allow that many.</summary>
    const int AnswerCredit = 50;

    readonly ConcurrentDictionary<string, TaskCompletionSource<Message>> _waiting = new();
    readonly SenderLink _requests;
    readonly ReceiverLink _answers;
    readonly string _replyTo;
    long _last;

    RequestLink(SenderLink requests, ReceiverLink answers, string replyTo)
    {
        (_requests, _answers, _replyTo) = (requests, answers, replyTo);
        _answers.Start(AnswerCredit, OnAnswer);
        _requests.AddClosedCallback((_, error) => OnClosed(error));
        _answers.AddClosedCallback((_, error) => OnClosed(error));
    }

    public bool IsOpen => !_requests.IsClosed && !_answers.IsClosed;

    public static async Task<RequestLink> OpenAsync(OpenConnection connection, string address, CancellationToken cancellationToken)
    {
        var session = connection.NewSession();
        var replyTo = Guid.NewGuid().ToString();
        var (sending, receiving) = (new Attachment(), new Attachment());
        var requests = new SenderLink(
            session,
            $"{replyTo}:{address}:requests",
            new Attach { Target = new Target { Address = address }, Source = new Source { Address = replyTo }, SndSettleMode = SenderSettleMode.Settled },
            sending.OnAttached);
        var answers = new ReceiverLink(
            session,
            $"{replyTo}:{address}:answers",
            new Attach { Source = new Source { Address = address }, Target = new Target { Address = replyTo }, SndSettleMode = SenderSettleMode.Settled },
            receiving.OnAttached);
        var both = Task.WhenAll(sending.WaitAsync(requests, cancellationToken), receiving.WaitAsync(answers, cancellationToken));
        await both.ConfigureAwait(false);
        return new RequestLink(requests, answers, replyTo);
    }

    public async Task<Message> AskAsync(Message request, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture);
        request.Properties = new Properties { MessageId = id, ReplyTo = _replyTo };
        var answer = new TaskCompletionSource<Message>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        try
        {
            _requests.Send(request, null, null);
            return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    public Task CloseAsync() => Task.WhenAll(OpenConnection.CloseAsync(_requests), OpenConnection.CloseAsync(_answers));

    void OnAnswer(IReceiverLink link, Message answer)
    {
        link.Accept(answer);
        if (answer.Properties?.GetCorrelationId()?.ToString() is { } id && _waiting.TryGetValue(id, out var waiting)) waiting.TrySetResult(answer);
    }

    void OnClosed(Error? error)
    {
        foreach (var waiting in _waiting.Values) waiting.TrySetException(Attachment.Closed(error));
    }
}
