namespace Atrium.Functions.Deliveries;

/// <summary>The heart of it: what an attempt's result means for the delivery. Pure; <see cref="DeliverFunction"/> acts on it.</summary>
internal static class DeliveryPolicy
{
    const int TooManyRequests = 429;
    const int ServiceUnavailable = 503;

    /// <param name="result">What came of the attempt.</param>
    /// <param name="attempt">Its number, 1 to <see cref="RetrySchedule.MaxAttempts"/>.</param>
    /// <param name="jitter">At least 0, below 1.</param>
    public static DeliveryDecision Decide(AttemptResult result, int attempt, double jitter) => result switch
    {
        AttemptResult.NoSubscription => new DeliveryDecision.Drop(DeadLetterReason.SubscriptionDeleted),
        AttemptResult.Paused => new DeliveryDecision.Park(),
        AttemptResult.NoSlot => new DeliveryDecision.PutBack(),
        AttemptResult.Made { Exchange.Succeeded: true } => new DeliveryDecision.Complete(),
        AttemptResult.Made when attempt >= RetrySchedule.MaxAttempts => new DeliveryDecision.DeadLetter(DeadLetterReason.AttemptsExhausted),
        AttemptResult.Made { Exchange: var exchange } => new DeliveryDecision.RetryAfter(
            RetrySchedule.WaitAfter(attempt, jitter, exchange.Status is TooManyRequests or ServiceUnavailable ? exchange.RetryAfter : null)),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "An attempt has no such result."),
    };
}
