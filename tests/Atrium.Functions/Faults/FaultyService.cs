using System.Net.Http.Json;

namespace Atrium.Functions.Tests.Faults;

/// <summary>Says which call of all that are made, to whichever service, is spoiled and how.</summary>
sealed class Spoiling
{
    readonly Lock _gate = new();
    readonly Dictionary<Fault, int> _calls = [];
    Fault? _fault;
    int _left;

    /// <summary>Whether the call was made that was to be spoiled.</summary>
    public bool HasStruck { get; private set; }

    /// <summary>Who goes away if the fault cancels.</summary>
    public CancellationTokenSource? Caller { get; private set; }

    /// <summary>How many calls were made since it began that each fault fits.</summary>
    public IReadOnlyDictionary<Fault, int> Calls
    {
        get
        {
            lock (_gate)
            {
                return _calls.ToDictionary();
            }
        }
    }

    /// <param name="fault">How; null for not at all.</param>
    /// <param name="call">Which call from now, counted from 1.</param>
    /// <param name="caller">Who goes away if the fault cancels.</param>
    public void Begin(Fault? fault, int call, CancellationTokenSource? caller)
    {
        lock (_gate)
        {
            (_fault, _left, Caller, HasStruck) = (fault, call, caller, false);
            _calls.Clear();
        }
    }

    /// <returns>What becomes of a call; null when it is passed on.</returns>
    public Fault? Of(HttpRequestMessage request)
    {
        lock (_gate)
        {
            foreach (var fitting in Fault.ByName.Values.Where(one => one.Fits(request)))
            {
                _calls[fitting] = _calls.GetValueOrDefault(fitting) + 1;
            }

            if (_fault is not { } fault || !fault.Fits(request) || --_left > 0 || (_left < 0 && !fault.Lasts))
            {
                return null;
            }

            HasStruck = true;
            return fault;
        }
    }
}

/// <summary>Passes calls on to a service, and spoils one of them, and those after it if the fault lasts.</summary>
sealed class FaultyService(HttpMessageHandler service, Spoiling spoiling) : DelegatingHandler(service)
{
    // The key ring is read and written without waiting, and what lies below is the same.
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, cancellationToken).GetAwaiter().GetResult();

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (spoiling.Of(request) is not { } fault)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        if (fault.TakesEffect)
        {
            (await base.SendAsync(request, CancellationToken.None)).Dispose();
        }

        if (fault.Cancels)
        {
            await spoiling.Caller!.CancelAsync();
            throw new TaskCanceledException("The caller has gone.", null, cancellationToken);
        }

        return fault.Answer is { } status
            ? new HttpResponseMessage(status)
            {
                RequestMessage = request,
                Headers = { { "x-ms-error-code", fault.Code } },
                // The client of blobs takes no JSON of another form than its own.
                Content = Fault.IsOfBlob(request)
                    ? null
                    : JsonContent.Create(
                        new Dictionary<string, object> { ["odata.error"] = new { code = fault.Code } }),
            }
            : throw (fault.Lasts
                ? new TaskCanceledException("Nothing came in time.", new TimeoutException())
                : new HttpRequestException("The connection was closed."));
    }
}
