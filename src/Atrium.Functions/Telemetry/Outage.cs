using Azure;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Microsoft.AspNetCore.Http;
using Reason = Azure.Messaging.ServiceBus.ServiceBusFailureReason;

namespace Atrium.Functions.Telemetry;

/// <summary>
/// Tells a failure of a dependency, which passes, from a mistake of ours, which does not and must reach the dead-letter
/// queue.
/// </summary>
internal static class Outage
{
    // The one conflict that lasts, for half a minute or more, whoever asks:
    // https://learn.microsoft.com/rest/api/storageservices/delete-table
    const string TableBeingDeleted = nameof(TableBeingDeleted);

    /// <summary>Whether a dependency fails, or lets nobody in.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="stopping">The function's token: its cancellation is no outage.</param>
    public static bool IsOne(Exception exception, CancellationToken stopping) => exception switch
    {
        AggregateException { InnerExceptions: { Count: > 0 } inner } => inner.All(e => IsOne(e, stopping)),
        // The same request will get these again however long it waits.
        RequestFailedException
        {
            Status: StatusCodes.Status400BadRequest or StatusCodes.Status413PayloadTooLarge
        } => false,
        RequestFailedException or AuthenticationFailedException => true,
        MissingSecretException or ContendedRowException => true,
        ServiceBusException bus => IsOne(bus.Reason),
        // As the client of Service Bus says that a key or a role is not enough: roles take minutes to take effect.
        UnauthorizedAccessException => true,
        // The Azure clients report their own time-outs as cancellations.
        OperationCanceledException => !stopping.IsCancellationRequested,
        HttpRequestException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>
    /// Whether a call was ended by its caller, who has cancelled. A client that tried several times throws what came of
    /// each try.
    /// </summary>
    public static bool IsCancellation(Exception exception) => exception is OperationCanceledException
        || exception is AggregateException { InnerExceptions: var inner } && inner.Any(IsCancellation);

    /// <summary>Whether Service Bus fails, or lets nobody in: what it says of a single message is no outage.</summary>
    public static bool IsOne(Reason reason) => reason
        is not (Reason.MessageLockLost or Reason.MessageNotFound or Reason.MessageSizeExceeded);

    /// <summary>
    /// Whether Service Bus fails for all queues, so that nothing can be put back either. A full queue affects that
    /// queue only.
    /// </summary>
    public static bool IsOfServiceBus(Exception exception) => exception is UnauthorizedAccessException
        || exception is ServiceBusException { Reason: not Reason.QuotaExceeded }
            && Passes(exception, CancellationToken.None);

    /// <summary>
    /// Whether a dependency fails, and what failed may succeed when it is done again. A queue that is missing or
    /// disabled takes somebody to mend; of what Service Bus calls a general error, nobody knows.
    /// </summary>
    /// <inheritdoc cref="IsOne(Exception, CancellationToken)"/>
    public static bool Passes(Exception exception, CancellationToken stopping) => IsOne(exception, stopping)
        && exception is not ServiceBusException { IsTransient: false, Reason: not Reason.QuotaExceeded };

    /// <summary>Whether what failed would fail again: no dependency did, and nobody cancelled.</summary>
    /// <inheritdoc cref="IsOne(Exception, CancellationToken)"/>
    public static bool IsMistake(Exception exception, CancellationToken stopping) =>
        !Passes(exception, stopping) && !stopping.IsCancellationRequested;

    /// <summary>
    /// Whether an answer means that the service fails, or lets nobody in. All others mean that it works, whatever
    /// becomes of the request: 404 and 412 are part of daily work.
    /// </summary>
    /// <param name="status">The answer's status; 0 for none.</param>
    /// <param name="code">The service's own word for it; null for none.</param>
    public static bool IsFailure(int status, string? code) =>
        status is 0 or 401 or 403 or 408 or 429 or >= 500 || code == TableBeingDeleted;
}

/// <summary>
/// A secret or the values of headers that a subscription names are not to be had: somebody removed them from the vault,
/// or the name cannot be read. What needs them waits as in an outage, since somebody can mend it.
/// </summary>
/// <param name="message">Says what to do.</param>
internal sealed class MissingSecretException(string message) : Exception(message);

/// <summary>
/// Others have changed a row each time that it was to be changed. What needs that waits as in an outage, and is tried
/// again.
/// </summary>
/// <param name="row">Which row.</param>
internal sealed class ContendedRowException(string row)
    : Exception($"Others changed the row {row} again and again; it is tried again later.");
