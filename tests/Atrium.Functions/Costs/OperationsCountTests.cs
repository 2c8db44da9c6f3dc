using Atrium.Costs;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Costs;

/// <summary>The figures of docs/operations-cost.md are counted, not estimated.</summary>
public sealed class OperationsCountTests : IAsyncLifetime
{
    CountedJourney _journey = null!;

    public async Task InitializeAsync() => _journey = await CountedJourney.StartAsync();

    public async Task DisposeAsync() => await _journey.DisposeAsync();

    [Fact]
    public void The_document_tells_of_each_end() =>
        Assert.Equal(
            [CostTable.FirstAttempt, CostTable.Shared, CostTable.SecondAttempt, CostTable.NoAttempt,
                CostTable.PutBack],
            CostTable.Read().Keys);

    [Fact]
    public async Task A_delivery_that_succeeds_at_once_takes_what_the_document_says()
    {
        Assert.Equal(CostTable.Read()[CostTable.FirstAttempt], await _journey.RunAsync(SampleEvents.CheckedIn));
        Assert.Single(_journey.Deliveries.Completed);
    }

    [Fact]
    public async Task One_that_follows_closely_reads_neither_subscription_nor_secret_again()
    {
        await _journey.RunAsync(SampleEvents.CheckedIn);
        Assert.Equal(CostTable.Read()[CostTable.Shared], await _journey.RunAsync(SampleEvents.CheckedOut));
        Assert.Equal(2, _journey.Deliveries.Completed.Count);
    }

    [Fact]
    public async Task A_retry_takes_what_the_document_says()
    {
        var succeed = _journey.Receiver.Answer;
        _journey.Receiver.Answer = context =>
        {
            _journey.Receiver.Answer = succeed;
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        Assert.Equal(CostTable.Read()[CostTable.SecondAttempt], await _journey.RunAsync(SampleEvents.CheckedIn));
        Assert.Equal(2, _journey.Deliveries.Completed.Count);
    }

    [Fact]
    public async Task A_delivery_that_fails_for_good_takes_what_the_document_says()
    {
        _journey.Receiver.AnswerWith(503);
        Assert.Equal(CostTable.Read()[CostTable.NoAttempt], await _journey.RunAsync(SampleEvents.CheckedIn));
        Assert.Equal("AttemptsExhausted", Assert.Single(_journey.Deliveries.DeadLettered).Reason);
    }

    [Fact]
    public async Task One_that_is_put_back_at_a_dead_endpoint_as_often_as_may_be_takes_what_the_document_says()
    {
        _journey.Receiver.AnswerWith(503);
        _journey.PutBack(DeliveryPolicy.MaxSlotPutBacks);
        Assert.Equal(CostTable.Read()[CostTable.PutBack], await _journey.RunAsync(SampleEvents.CheckedIn));
        Assert.Single(_journey.Deliveries.DeadLettered);
    }
}
