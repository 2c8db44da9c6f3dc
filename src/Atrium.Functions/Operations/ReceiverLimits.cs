using Atrium.Functions.Egress;

namespace Atrium.Functions.Operations;

/// <summary>Bounds of one request to a receiver, and of what is read of its answer.</summary>
internal sealed record ReceiverLimits(double TimeoutSeconds, double ConnectTimeoutSeconds, IReadOnlyList<int> AllowedPorts)
{
    public double DnsTimeoutSeconds { get; } = JudgedLookup.Budget.TotalSeconds;

    public double MaxConnectionAgeSeconds { get; } = EgressClient.ConnectionLifetime.TotalSeconds;

    /// <summary>All headers of an answer together; what lies beyond, and the body then, is not read.</summary>
    public int MaxResponseHeadersKibibytes { get; } = ResponseHeaders.MaxKibibytes;

    public int ResponseHeadersKept { get; } = ResponseHeaders.MaxKept;

    public int ResponseHeaderCharactersKept { get; } = ResponseHeaders.MaxValueLength;

    public int ResponseBytesRead { get; } = ExcerptReader.MaxLength;

    public double ResponseReadSeconds { get; } = ExcerptReader.Patience.TotalSeconds;
}
