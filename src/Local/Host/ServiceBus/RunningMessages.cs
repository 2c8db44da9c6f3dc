using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace Atrium.Local.Host.ServiceBus;

/// <summary>
/// The messages whose functions run, by lock token. These, and no others, can be settled from the worker.
/// </summary>
internal sealed class RunningMessages
{
    readonly ConcurrentDictionary<string, ProcessMessageEventArgs> _byToken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Lets a message be settled until it is removed.</summary>
    public void Add(ProcessMessageEventArgs arguments) => _byToken[arguments.Message.LockToken] = arguments;

    public void Remove(ProcessMessageEventArgs arguments) =>
        _byToken.TryRemove(KeyValuePair.Create(arguments.Message.LockToken, arguments));

    public ProcessMessageEventArgs? Find(string lockToken) => _byToken.GetValueOrDefault(lockToken);
}
