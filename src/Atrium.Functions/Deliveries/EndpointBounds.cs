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
    // The time within which outcomes count, even if requests end sooner.
    static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(30);

    // Longer than a request of 15 s, and short enough that waiting deliveries come within half a minute of an
    // endpoint's return.
    static readonly TimeSpan ShortestFirstWait = TimeSpan.FromSeconds(28);

    /// <summary>
    /// Calls of all endpoints together, those that wait for their turn included: seven eighths. The others are for
    /// endpoints that answer quickly and have no request under way.
    /// </summary>
    public int MostInAll { get; } = Part(Calls, 7, 8);

    /// <summary>Requests at a time to one endpoint that answers quickly: half of what all may have.</summary>
    public int Most { get; } = Part(Calls, 7, 16);

    /// <summary>
    /// With fewer requests under way, and fewer than it may have by itself, an endpoint that works is not overloaded:
    /// others have the calls that it could take. A quarter of <see cref="Most"/>: four endpoints can have that at once
    /// and leave as much.
    /// </summary>
    public int Blameless { get; } = Part(Calls, 7, 64);

    /// <summary>Calls of one tenant at a time, those that wait for their turn included: three quarters.</summary>
    public int MostOfTenant { get; } = Part(Calls, 3, 4);

    /// <summary>
    /// Requests at a time to all endpoints together that are not proven to be quick: half, and at most three
    /// fifths of what the proven ones leave, but always as many as one may have.
    /// </summary>
    public int MostUnproven { get; } = Part(Calls, 1, 2);

    /// <summary>The same for the endpoints of one tenant: a quarter.</summary>
    public int MostUnprovenOfTenant { get; } = Part(Calls, 1, 4);

    /// <summary>The same for one endpoint, while nobody else needs them: a sixteenth.</summary>
    public int MostUnprovenOfEndpoint { get; } = Part(Calls, 1, 16);

    /// <summary>
    /// How many long requests an endpoint may have while its others come back quickly: an eighth. With more, it is
    /// slow.
    /// </summary>
    public int MostStragglers { get; } = Part(Calls, 1, 8);

    /// <summary>Attempts that wait for their turn, of all endpoints together: each holds a call. A quarter.</summary>
    public int MostWaiting { get; } = Part(Calls, 1, 4);

    /// <summary>
    /// If no more calls than this are left of those for endpoints that are down, each gets one at a time, with a pause:
    /// a sixteenth.
    /// </summary>
    public int Scarce { get; } = Part(Calls, 1, 16);

    /// <summary>
    /// How long the outcome of a request counts as evidence: the time of two requests in a row, or 30 s if that is
    /// more.
    /// </summary>
    public TimeSpan EvidenceWindow { get; } = Max(ShortestWindow, 2 * RequestTimeout);

    /// <summary>
    /// How long an attempt is put back while nothing is known of its endpoint. By then, the requests in progress have
    /// ended.
    /// </summary>
    public TimeSpan FirstWait { get; } = Max(ShortestFirstWait, RequestTimeout * 4 / 3);

    static int Part(int calls, int parts, int of) => Math.Max(1, calls * parts / of);

    static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}

/// <summary>Settings that override host.json.</summary>
internal sealed class HostCallsOptions
{
    /// <summary>The section of settings that overrides host.json.</summary>
    public const string Section = "AzureFunctionsJobHost:extensions:serviceBus";

    /// <summary>Messages of one function that an instance handles at a time.</summary>
    /// <value>1 to 10,000; 128 by default, as in host.json.</value>
    [Range(
        1, 10_000,
        ErrorMessage = "AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls must be from {1} to {2}.")]
    public int MaxConcurrentCalls { get; set; } = 128;
}
