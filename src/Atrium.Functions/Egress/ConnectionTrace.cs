namespace Atrium.Functions.Egress;

/// <summary>
/// What is known of the connection that a request asked for, or went out on. It is told from where the connection is
/// opened and from the connection itself, which may run at the same time as the request and outlive it; hence values
/// that are replaced whole.
/// </summary>
internal sealed class ConnectionTrace
{
    public static readonly HttpRequestOptionsKey<ConnectionTrace> Key = new("Atrium.ConnectionTrace");

    // In bytes: a status line, and what an interim answer may have before it.
    const int MaxHeadLength = 1024;

    static readonly AsyncLocal<ConnectionTrace?> OfThisFlow = new();

    volatile ConnectionProgress progress = ConnectionProgress.None;
    volatile bool reused;
    volatile byte[] head = [];

    /// <summary>
    /// The trace of the request that is being sent; null outside <see cref="EgressClient"/>. A connection learns by it
    /// whose bytes it carries.
    /// </summary>
    public static ConnectionTrace? Current
    {
        get => OfThisFlow.Value;
        set => OfThisFlow.Value = value;
    }

    public ConnectionProgress Progress
    {
        get => progress;
        set => progress = value;
    }

    /// <summary>The first bytes of the answer as they came, 1 KiB at most.</summary>
    public ReadOnlySpan<byte> Head => head;

    /// <summary>
    /// Whether the request went out on a connection that had carried another before, and not one byte came back.
    /// </summary>
    public bool IsUnansweredOnReused => reused && head.Length == 0;

    /// <summary>The request begins to go out.</summary>
    /// <param name="isReused">Whether the connection has carried another before.</param>
    public void Sending(bool isReused) => (reused, head) = (isReused, []);

    /// <summary>A part of the answer has come.</summary>
    public void Received(ReadOnlySpan<byte> bytes) =>
        head = [.. head, .. bytes[..Math.Min(bytes.Length, MaxHeadLength - head.Length)]];
}
