using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;

namespace Atrium.Functions.Tests.Deliveries;

public sealed class EndpointSlotsTests
{
    const string Endpoint = "sub_a";
    const string Other = "sub_b";

    readonly SteppedTime _time = new(Some.Time);
    readonly EndpointSlots _slots;

    public EndpointSlotsTests() => _slots = new EndpointSlots(_time);

    [Fact]
    public async Task A_healthy_endpoint_takes_half_of_an_instances_calls() => Assert.DoesNotContain(null, await EnterAsync(EndpointSlots.Most));

    [Fact]
    public async Task A_burst_beyond_that_gets_its_turn_when_an_attempt_ends()
    {
        var taken = await EnterAsync(EndpointSlots.Most);

        var next = _slots.EnterAsync(Endpoint, default);
        Assert.False(next.IsCompleted);
        taken[0]!.Dispose();

        Assert.NotNull(await next);
    }

    [Fact]
    public async Task A_burst_whose_turn_does_not_come_is_put_back()
    {
        await EnterAsync(EndpointSlots.Most);

        var next = _slots.EnterAsync(Endpoint, default);
        Assert.Equal(EndpointSlots.Patience, await _time.SkipAsync());

        Assert.Null(await next);
    }

    [Fact]
    public async Task Who_gave_up_waiting_takes_no_slot()
    {
        var taken = await EnterAsync(EndpointSlots.Most);
        var gaveUp = _slots.EnterAsync(Endpoint, default);
        await _time.SkipAsync();
        await gaveUp;

        taken[0]!.Dispose();

        Assert.NotNull(await _slots.EnterAsync(Endpoint, default));
    }

    [Fact]
    public async Task Who_is_stopped_while_waiting_takes_no_slot()
    {
        var taken = await EnterAsync(EndpointSlots.Most);
        using var stopping = new CancellationTokenSource();
        var stopped = _slots.EnterAsync(Endpoint, stopping.Token);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);

        taken[0]!.Dispose();

        Assert.NotNull(await _slots.EnterAsync(Endpoint, default));
    }

    [Fact]
    public async Task An_endpoint_whose_attempts_hang_is_slow_before_the_first_has_ended()
    {
        await EnterAsync(EndpointSlots.MostWhenSlow);
        _time.Advance(EndpointSlots.SlowFrom);

        Assert.Null(await _slots.EnterAsync(Endpoint, default));
    }

    [Fact]
    public async Task A_slow_endpoint_is_held_to_a_few_even_when_all_its_attempts_end_at_once()
    {
        var hanging = await EnterAsync(EndpointSlots.MostWhenSlow);
        _time.Advance(EndpointSlots.SlowFrom);
        hanging.ForEach(slot => slot!.Dispose());

        Assert.Equal(EndpointSlots.MostWhenSlow, (await EnterAsync(EndpointSlots.MostWhenSlow + 5)).Count(slot => slot is not null));
    }

    [Fact]
    public async Task Those_who_wait_are_put_back_at_once_when_the_endpoint_turns_out_slow()
    {
        var hanging = await EnterAsync(EndpointSlots.Most);
        _time.Advance(EndpointSlots.SlowFrom - EndpointSlots.Patience / 2);
        var waiting = _slots.EnterAsync(Endpoint, default);
        _time.Advance(EndpointSlots.Patience / 2);
        hanging[0]!.Dispose();

        Assert.Null(await waiting);
    }

    [Fact]
    public async Task One_quick_attempt_makes_an_endpoint_healthy_again()
    {
        var hanging = await EnterAsync(1);
        _time.Advance(EndpointSlots.SlowFrom);
        hanging[0]!.Dispose();
        (await _slots.EnterAsync(Endpoint, default))!.Dispose();

        Assert.DoesNotContain(null, await EnterAsync(EndpointSlots.Most));
    }

    [Fact]
    public async Task A_slow_endpoint_takes_nothing_from_another()
    {
        await EnterAsync(EndpointSlots.Most);
        _time.Advance(EndpointSlots.SlowFrom);

        Assert.NotNull(await _slots.EnterAsync(Other, default));
    }

    [Fact]
    public void A_healthy_endpoint_leaves_half_of_the_calls_to_others() => Assert.Equal(EndpointSlots.Most, HostFile.MaxConcurrentCalls / 2);

    async Task<List<IDisposable?>> EnterAsync(int count)
    {
        var slots = new List<IDisposable?>();
        for (var number = 0; number < count; number++)
        {
            slots.Add(await _slots.EnterAsync(Endpoint, default));
        }

        return slots;
    }
}
