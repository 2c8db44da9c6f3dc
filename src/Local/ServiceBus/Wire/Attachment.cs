using Amqp;
using Amqp.Framing;

namespace Azure.Messaging.ServiceBus.Wire;

/// <summary>Waits until the service has accepted a link, or has said why not.</summary>
internal sealed class Attachment
{
    readonly TaskCompletionSource<Attach> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void OnAttached(ILink link, Attach answer)
    {
        // A link that is refused is first accepted without an end, then detached with the reason.
        var refused = link is SenderLink ? answer.Target is null : answer.Source is null;
        if (!refused) _answer.TrySetResult(answer);
    }

    public async Task<Attach> WaitAsync(Link link, CancellationToken cancellationToken)
    {
        link.AddClosedCallback((closed, error) =>
        {
            _answer.TrySetException(Closed(error));
            // A link that the service closed leaves its session behind.
            _ = OpenConnection.CloseAsync(link);
        });
        try
        {
            return await _answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _ = OpenConnection.CloseAsync(link);
            throw;
        }
    }

    public static AmqpException Closed(Error? error) =>
        new(error ?? new Error(new Amqp.Types.Symbol("amqp:link:detach-forced")) { Description = "The link to Service Bus was closed." });
}
