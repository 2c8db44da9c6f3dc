using System.Net;

namespace Atrium.Functions.Egress;

/// <summary>
/// What is known of the connection that a request asked for, or went out on. The code that opens the connection and the
/// connection itself write to it. Both may run at the same time as the request, and outlive it. So its values are
/// always replaced as a whole.
/// </summary>
internal sealed class ConnectionTrace
{
    public static readonly HttpRequestOptionsKey<ConnectionTrace> Key = new("Atrium.ConnectionTrace");

    // In bytes: all headers that the handler takes, and 1 KiB for a status line or an interim answer before them.
    const int MaxHeadLength = (ResponseHeaders.MaxKibibytes + 1) * 1024;

    static readonly AsyncLocal<ConnectionTrace?> OfThisFlow = new();

    volatile ConnectionProgress opening = ConnectionProgress.None;
    volatile ConnectionProgress? used;
    volatile bool reused;
    long sentAt;

    // Bytes are only added, so that earlier ones can be read meanwhile. New bytes count once the scan's length includes
    // them.
    volatile byte[] head = [];
    volatile HeadScan scan = HeadScan.None;

    /// <summary>
    /// The trace of the request that is being sent; null outside <see cref="EgressClient"/>. A connection learns by it
    /// whose bytes it carries.
    /// </summary>
    public static ConnectionTrace? Current
    {
        get => OfThisFlow.Value;
        set => OfThisFlow.Value = value;
    }

    /// <summary>
    /// The connection that was asked for. It may still be opening when the request goes out on another that has become
    /// free.
    /// </summary>
    public ConnectionProgress Opening
    {
        get => opening;
        set => opening = value;
    }

    /// <summary>The connection that the request went out on, or waits for.</summary>
    public ConnectionProgress Progress => used ?? opening;

    /// <summary>The first bytes of the answer as they came, 17 KiB at most.</summary>
    public ReadOnlySpan<byte> Head => BytesOf(scan);

    /// <summary>Whether more of the answer's headers is to come, and would be kept.</summary>
    public bool AwaitsHeaders => scan is var now && now.Length < MaxHeadLength && now.IsUnfinished(BytesOf(now));

    /// <summary>
    /// Whether the request went out on a connection that had carried another before, and not one byte came back.
    /// </summary>
    public bool IsUnansweredOnReused => reused && scan.Length == 0;

    /// <summary>When the request's last part began to go out, as <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long SentAt => Interlocked.Read(ref sentAt);

    /// <summary>The request begins to go out.</summary>
    /// <param name="isReused">Whether the connection has carried another before.</param>
    public void Sending(bool isReused)
    {
        (reused, scan) = (isReused, HeadScan.None);
        used = isReused || opening.Phase != ConnectionPhase.Open ? ConnectionProgress.None : opening;
    }

    /// <summary>A part of the request goes out.</summary>
    /// <param name="timestamp">Now.</param>
    public void SendingPart(long timestamp) => Interlocked.Exchange(ref sentAt, timestamp);

    /// <summary>A part of the answer has come.</summary>
    public void Received(ReadOnlySpan<byte> bytes)
    {
        var before = scan;
        var length = Math.Min(before.Length + bytes.Length, MaxHeadLength);
        var longer = head;
        if (length > longer.Length)
        {
            Array.Resize(ref longer, Math.Max(length, Math.Min(2 * longer.Length, MaxHeadLength)));
            head = longer;
        }

        bytes[..(length - before.Length)].CopyTo(longer.AsSpan(before.Length));
        scan = before.Over(longer.AsSpan(0, length));
    }

    ReadOnlySpan<byte> BytesOf(HeadScan seen) => head.AsSpan(0, seen.Length);
}

/// <summary>How far the connection that a request asked for has come.</summary>
internal enum ConnectionPhase
{
    /// <summary>The request went out on a connection that it did not open, or asked for none yet.</summary>
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

/// <summary>What is known of the connection that a request asked for; each time once its phase is over.</summary>
internal sealed record ConnectionProgress(
    ConnectionPhase Phase, TimeSpan? Dns = null, TimeSpan? Connect = null, TimeSpan? Tls = null,
    IPAddress? Address = null)
{
    public static readonly ConnectionProgress None = new(ConnectionPhase.None);
}
