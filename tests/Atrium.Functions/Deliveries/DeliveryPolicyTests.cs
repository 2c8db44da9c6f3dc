using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class DeliveryPolicyTests
{
    public static TheoryData<int> Attempts => [.. Enumerable.Range(1, RetrySchedule.MaxAttempts)];

    public static TheoryData<int?, int> FailuresAndAttempts
    {
        get
        {
            var rows = new TheoryData<int?, int>();
            foreach (var status in new int?[] { null, 199, 301, 302, 400, 401, 404, 408, 410, 429, 500, 503, 599 })
            {
                for (var attempt = 1; attempt <= RetrySchedule.MaxAttempts; attempt++)
                {
                    rows.Add(status, attempt);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Attempts))]
    public void A_2xx_completes_at_any_attempt(int attempt) =>
        Assert.All([200, 201, 202, 204, 299], status => Assert.IsType<DeliveryDecision.Complete>(Decide(status, attempt)));

    [Fact]
    public void A_2xx_whose_body_hung_is_a_success() =>
        Assert.IsType<DeliveryDecision.Complete>(DeliveryPolicy.Decide(Made(new() { Status = 200, Error = ErrorClass.Body, Explanation = "" }), 1, 0));

    [Theory]
    [MemberData(nameof(FailuresAndAttempts))]
    public void Anything_else_is_tried_again_nine_times_then_dead_lettered(int? status, int attempt)
    {
        var expected = attempt < RetrySchedule.MaxAttempts
            ? (DeliveryDecision)new DeliveryDecision.RetryAfter(RetrySchedule.WaitAfter(attempt, 0.5))
            : new DeliveryDecision.DeadLetter(DeadLetterReason.AttemptsExhausted);
        Assert.Equal(expected, DeliveryPolicy.Decide(Made(new() { Status = status, Explanation = "" }), attempt, 0.5));
    }

    [Theory]
    [MemberData(nameof(Attempts))]
    public void A_deleted_subscription_drops_the_delivery_at_any_attempt(int attempt) =>
        Assert.Equal(
            new DeliveryDecision.Drop(DeadLetterReason.SubscriptionDeleted), DeliveryPolicy.Decide(new AttemptResult.NoSubscription(), attempt, 0));

    [Theory]
    [MemberData(nameof(Attempts))]
    public void A_paused_subscription_parks_the_delivery_at_any_attempt(int attempt) =>
        Assert.Equal(new DeliveryDecision.Park(), DeliveryPolicy.Decide(new AttemptResult.Paused(), attempt, 0));

    [Theory]
    [InlineData(429, 100)]
    [InlineData(503, 100)]
    [InlineData(500, 5)]
    [InlineData(502, 5)]
    [InlineData(504, 5)]
    [InlineData(301, 5)]
    [InlineData(400, 5)]
    public void Retry_after_counts_with_429_and_503_only(int status, int seconds) =>
        Assert.Equal(
            new DeliveryDecision.RetryAfter(TimeSpan.FromSeconds(seconds)),
            DeliveryPolicy.Decide(Made(new() { Status = status, RetryAfter = TimeSpan.FromSeconds(100), Explanation = "" }), 1, 0));

    [Fact]
    public void A_blocked_address_is_a_failure_like_any_other() =>
        Assert.IsType<DeliveryDecision.RetryAfter>(DeliveryPolicy.Decide(Made(new() { Error = ErrorClass.Blocked, Explanation = "" }), 1, 0));

    static DeliveryDecision Decide(int? status, int attempt) => DeliveryPolicy.Decide(Made(new() { Status = status, Explanation = "" }), attempt, 0);

    static AttemptResult.Made Made(Exchange exchange) => new(exchange);
}
