using System.Runtime.CompilerServices;
using Amqp;
using Amqp.Framing;
using Amqp.Listener;

namespace Atrium.Local.Emulators.ServiceBus.Wire;

/// <summary>
/// The members of AMQPNetLite 2.5.5 that are needed and not public. Another version may not have them; its number is
/// pinned.
/// </summary>
internal static class LibraryInternals
{
    /// <summary>Joins link and endpoint. The public way is open to containers only that decode every body.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "InitializeLinkEndpoint")]
    public static extern void InitializeLinkEndpoint(ListenerLink link, LinkEndpoint endpoint, uint credit);

    /// <summary>The credit that the receiver of a link has given and the broker not used.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "credit")]
    public static extern ref uint Credit(ListenerLink link);

    /// <summary>
    /// Sends a flow: about its link as it is given, when <paramref name="link"/> is null. About the session the
    /// library fills it in.
    /// </summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SendFlow")]
    public static extern void SendFlow(Session session, Flow flow, Link? link);

    /// <summary>How many more frames of messages the library sends on a session before the next flow.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "outgoingWindow")]
    public static extern ref uint OutgoingWindow(Session session);

    /// <summary>Takes in a flow as if the client had sent it, and sends what waited for it.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "OnFlow")]
    public static extern void OnFlow(Session session, Flow flow);
}
