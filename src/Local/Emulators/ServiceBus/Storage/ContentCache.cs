using Atrium.Local.Emulators.ServiceBus.Queues;

namespace Atrium.Local.Emulators.ServiceBus.Storage;

/// <summary>
/// Keeps the content of messages in memory while there is room, so that a message that is received soon after it was
/// sent is not read back from disk.
/// </summary>
internal sealed class ContentCache(long budget)
{
    long _used;

    /// <summary>Keeps a message's content if there is room, or lets go of it.</summary>
    public void Offer(QueuedMessage message, byte[] content)
    {
        Forget(message);
        if (_used + content.Length <= budget)
        {
            message.Content = content;
            message.ContentIsCounted = true;
            _used += content.Length;
        }
    }

    public void Forget(QueuedMessage message)
    {
        if (message.ContentIsCounted)
        {
            _used -= message.Content!.Length;
        }

        message.ContentIsCounted = false;
        message.Content = null;
    }
}
