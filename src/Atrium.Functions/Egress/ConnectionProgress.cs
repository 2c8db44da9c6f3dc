using System.Net;

namespace Atrium.Functions.Egress;

/// <summary>What is known of the connection that a request asked for; each time once its phase is over.</summary>
internal sealed record ConnectionProgress(ConnectionPhase Phase, TimeSpan? Dns = null, TimeSpan? Connect = null, TimeSpan? Tls = null, IPAddress? Address = null)
{
    public static readonly ConnectionProgress None = new(ConnectionPhase.None);
}
