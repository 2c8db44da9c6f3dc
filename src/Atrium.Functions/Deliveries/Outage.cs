using Azure;
using Azure.Identity;

namespace Atrium.Functions.Deliveries;

/// <summary>Tells a failure of a dependency, which passes, from a mistake of ours, which does not and must reach the dead-letter queue.</summary>
internal static class Outage
{
    // Answers that the same request will get again however long it waits.
    const int BadRequest = 400;
    const int ContentTooLarge = 413;

    /// <param name="exception">What was thrown.</param>
    /// <param name="stopping">The function's token: its cancellation is no outage.</param>
    public static bool IsOne(Exception exception, CancellationToken stopping) => exception switch
    {
        OutcomeNotRecordedException { InnerException: { } inner } => IsOne(inner, stopping),
        AggregateException { InnerExceptions: { Count: > 0 } inner } => inner.All(e => IsOne(e, stopping)),
        RequestFailedException { Status: BadRequest or ContentTooLarge } => false,
        RequestFailedException or AuthenticationFailedException => true,
        // The Azure clients report their own time-outs as cancellations.
        OperationCanceledException => !stopping.IsCancellationRequested,
        HttpRequestException or IOException or TimeoutException => true,
        _ => false,
    };
}
