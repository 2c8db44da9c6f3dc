using System.Net.Http.Json;

namespace Atrium.Functions.Tests.Faults;

/// <summary>Passes calls on to a service, and spoils one of them, and those after it if the fault lasts.</summary>
sealed class FaultyService(HttpMessageHandler service) : DelegatingHandler(service)
{
    Fault? _fault;
    CancellationTokenSource? _caller;
    int _left;

    /// <summary>Whether the call was made that was to be spoiled.</summary>
    public bool HasStruck { get; private set; }

    /// <param name="fault">How; null for not at all.</param>
    /// <param name="call">Which call from now, counted from 1.</param>
    /// <param name="caller">Who goes away if the fault cancels.</param>
    public void Spoil(Fault? fault, int call = 1, CancellationTokenSource? caller = null) =>
        (_fault, _left, _caller, HasStruck) = (fault, call, caller, false);

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_fault is not { } fault || !fault.Fits(request) || --_left > 0 || (_left < 0 && !fault.Lasts))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        HasStruck = true;
        if (fault.TakesEffect)
        {
            (await base.SendAsync(request, CancellationToken.None)).Dispose();
        }

        if (fault.Cancels)
        {
            await _caller!.CancelAsync();
            throw new TaskCanceledException("The caller has gone.", null, cancellationToken);
        }

        return fault.Answer is { } status
            ? new HttpResponseMessage(status)
            {
                RequestMessage = request,
                Headers = { { "x-ms-error-code", fault.Code } },
                Content =
                    JsonContent.Create(new Dictionary<string, object> { ["odata.error"] = new { code = fault.Code } }),
            }
            : throw (fault.Lasts
                ? new TaskCanceledException("Nothing came in time.", new TimeoutException())
                : new HttpRequestException("The connection was closed."));
    }
}
