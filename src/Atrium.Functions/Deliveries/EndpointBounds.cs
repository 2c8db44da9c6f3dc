using System.ComponentModel.DataAnnotations;

namespace Atrium.Functions.Deliveries;

/// <summary>
/// What <see cref="EndpointGate"/> allows: parts of the calls that an instance makes at a time, and times that follow
/// from how long a request may take. Each part is one call at least.
/// </summary>
/// <param name="Calls">Messages of <c>deliveries</c> that an instance handles at a time, 1 or more.</param>
/// <param name="RequestTimeout">How long a request may take, 1 to 60 seconds.</param>
internal sealed record EndpointBounds(int Calls, TimeSpan RequestTimeout)
{
    // Of the time within which outcomes count, also where requests end sooner.
    static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(30);

    // Longer than a request of 15 s, and short enough to bring what waits within half a minute of an endpoint's return.
    static readonly TimeSpan ShortestFirstWait = TimeSpan.FromSeconds(28);

    /// <summary>
    /// Calls of all endpoints together, those that wait for their turn included: seven eighths. The others are for
    /// endpoints that answer quickly and have no request under way.
    /// </summary>
    public int MostInAll { get; } = Part(Calls, 7, 8);

    /// <summary>Requests at a time to one endpoint that answers quickly: half of what all may have.</summary>
    public int Most { get; } = Part(Calls, 7, 16);

    /// <summary>Calls of one tenant at a time, those that wait for their turn included: three quarters.</summary>
    public int MostOfTenant { get; } = Part(Calls, 3, 4);

    /// <summary>Requests at a time to all endpoints together that are not proven to be quick: half.</summary>
    public int MostUnproven { get; } = Part(Calls, 1, 2);

    /// <summary>The same for the endpoints of one tenant: a quarter.</summary>
    public int MostUnprovenOfTenant { get; } = Part(Calls, 1, 4);

    /// <summary>The same for one endpoint, while nobody else needs them: a sixteenth.</summary>
    public int MostUnprovenOfEndpoint { get; } = Part(Calls, 1, 16);

    /// <summary>
    /// Requests that have gone on for long, to one endpoint whose others come back quickly: an eighth. With more, it is
    /// slow.
    /// </summary>
    public int MostStragglers { get; } = Part(Calls, 1, 8);

    /// <summary>Attempts that wait for their turn, of all endpoints together: each holds a call. A quarter.</summary>
    public int MostWaiting { get; } = Part(Calls, 1, 4);

    /// <summary>
    /// With no more calls than this left to them, endpoints that are down wait for those of which nothing is known: a
    /// sixteenth.
    /// </summary>
    public int Scarce { get; } = Part(Calls, 1, 16);

    /// <summary>
    /// How long the outcome of a request says something of its endpoint: two requests one after the other, if that is
    /// more than 30 s.
    /// </summary>
    public TimeSpan EvidenceWindow { get; } = Max(ShortestWindow, 2 * RequestTimeout);

    /// <summary>
    /// How long an attempt is put back while nothing is known of its endpoint: by then the requests under way have
    /// ended, so that more is known.
    /// </summary>
    public TimeSpan FirstWait { get; } = Max(ShortestFirstWait, RequestTimeout * 4 / 3);

    static int Part(int calls, int parts, int of) => Math.Max(1, calls * parts / of);

    static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}

/// <summary>What the host is told by a setting, where that differs from host.json.</summary>
internal sealed class HostCallsOptions
{
    /// <summary>The section of the host's settings that takes the place of host.json's.</summary>
    public const string Section = "AzureFunctionsJobHost:extensions:serviceBus";

    /// <summary>Messages of one function that an instance handles at a time.</summary>
    /// <value>1 to 10,000; 128 by default, as in host.json.</value>
    [Range(
        1, 10_000,
        ErrorMessage = "AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls must be from {1} to {2}.")]
    public int MaxConcurrentCalls { get; set; } = 128;
}
