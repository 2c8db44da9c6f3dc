namespace Atrium.Functions.Egress;

/// <summary>How far the connection that a request asked for has come.</summary>
internal enum ConnectionPhase
{
    /// <summary>None was asked for: an open one is used again.</summary>
    None,

    /// <summary>The host's name is being looked up.</summary>
    Dns,

    /// <summary>An address is being connected to.</summary>
    Connect,

    /// <summary>TLS is being negotiated.</summary>
    Tls,

    /// <summary>The request can go out.</summary>
    Open,
}
