using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Atrium.Functions.Egress;
using Atrium.Functions.Events;
using Atrium.Functions.Http;
using Atrium.Functions.Signing;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.TestWebhooks;

/// <summary>
/// Sends one sample and shows the whole exchange. It is marked as a test, never tried again, and kept nowhere.
/// </summary>
internal sealed partial class TestSending(
    EgressClient egress, TestGate gate, TimeProvider time, ILogger<TestSending> logger)
{
    const int IdDigits = 32;

    /// <param name="tenant">Whose test it is.</param>
    /// <param name="url">Where the sample goes.</param>
    /// <param name="secrets">The secrets that sign, newest first; empty for none.</param>
    /// <param name="headers">Custom headers to send along.</param>
    /// <param name="eventName">Of which event, one of the contract's.</param>
    /// <param name="http">The caller's request, for the headers of the answer.</param>
    public async Task<IResult> AnswerAsync(
        string tenant,
        string url,
        IReadOnlyList<SigningSecret> secrets,
        IReadOnlyDictionary<string, string> headers,
        string eventName,
        HttpContext http,
        CancellationToken cancellationToken)
    {
        if (gate.Enter(tenant) is { } wait)
        {
            var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            http.Response.Headers.RetryAfter = seconds;
            return Problem.TooManyTests(
                $"A tenant may send {TestGate.MaxPerWindow} tests within {TestGate.Window.TotalSeconds} s, "
                + $"{TestGate.MaxAtOncePerTenant} at once, and all tenants together {TestGate.MaxAtOnce} at once. "
                + $"Nothing was sent. Try again in {seconds} s.");
        }

        try
        {
            var request = Request(url, secrets, headers, eventName);
            var exchange = await egress.SendAsync(request, cancellationToken);
            Log.Tested(
                logger, tenant, eventName, exchange.Status?.ToString(CultureInfo.InvariantCulture) ?? "none",
                exchange.Error?.Name() ?? "none", exchange.Timings.Total);
            return TypedResults.Ok(TestExchange.Of(eventName, request, exchange));
        }
        finally
        {
            gate.Leave(tenant);
        }
    }

    OutgoingRequest Request(
        string url, IReadOnlyList<SigningSecret> secrets, IReadOnlyDictionary<string, string> headers, string eventName)
    {
        // Random, and in another form than a delivery's id: a receiver must not take a test for a delivery, or drop it
        // as a duplicate.
        var id = "test_" + RandomNumberGenerator.GetHexString(IdDigits, lowercase: true);
        var body = Encoding.UTF8.GetBytes(EventSamples.Of(eventName));
        return new OutgoingRequest(url, id, time.GetUtcNow().ToUnixTimeSeconds(), body)
        {
            Secrets = secrets,
            CustomHeaders = headers,
            IsTest = true,
        };
    }

    static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Information,
            "Webhook tested: tenant {Tenant}, {EventType}, status {Status}, error {ErrorClass}, "
            + "took {DurationMs:F0} ms")]
        public static partial void Tested(
            ILogger logger, string tenant, string eventType, string status, string errorClass, double durationMs);
    }
}
