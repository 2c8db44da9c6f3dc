using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Host.ServiceBus;

/// <summary>
/// The messages whose functions run, by lock token. These, and no others, can be settled from the worker.
/// </summary>
internal sealed class RunningMessages
{
    readonly ConcurrentDictionary<string, ProcessMessageEventArgs> _byToken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Lets a message be settled until the result is disposed.</summary>
    public IDisposable Enter(ProcessMessageEventArgs arguments)
    {
        _byToken[arguments.Message.LockToken] = arguments;
        return new Entry(this, arguments);
    }

    public ProcessMessageEventArgs? Find(string lockToken) => _byToken.GetValueOrDefault(lockToken);

    sealed class Entry(RunningMessages running, ProcessMessageEventArgs arguments) : IDisposable
    {
        public void Dispose() =>
            running._byToken.TryRemove(KeyValuePair.Create(arguments.Message.LockToken, arguments));
    }
}
