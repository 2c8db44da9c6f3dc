using Atrium.Costs;
using Microsoft.AspNetCore.Http;

namespace Atrium.EndToEnd;

/// <summary>
/// The figures of docs/operations-cost.md, counted between the app's process and what stands for Azure.
/// </summary>
public sealed class OperationsCostTests
{
    // So fast that the schedule takes half a minute, and so slow that its longest wait is longer in reality than a
    // subscription is kept.
    const int ClockSpeed = 50;
    static readonly TimeSpan SubscriptionKept = TimeSpan.FromSeconds(5);
    static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    // A pair takes tenths of a second.
    const int MaxPairs = 10;

    [Fact]
    public async Task Between_the_app_and_what_it_calls_a_delivery_takes_what_the_document_says_however_it_ends()
    {
        await using var stack = new CountedStack();
        await stack.StartAsync(ClockSpeed);
        // Has the table made that is in no row.
        await DeliverAsync(stack, "warm-up");

        var (first, shared) = await TwoCloselyAsync(stack);
        stack.Receiver.Answer = (_, number) =>
            number == 1 ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status204NoContent;
        stack.Receiver.RetryAfter = LongestWait;
        var second = await DeliverAsync(stack, "second-attempt");
        stack.Receiver.Answer = (_, _) => StatusCodes.Status503ServiceUnavailable;
        stack.Receiver.RetryAfter = null;
        var none = AsByTheRealClock(await DeliverAsync(stack, "no-attempt"));

        var executions = await stack.ExecutionsAsync();
        var counted = new Dictionary<string, CountedDelivery>
        {
            [CostTable.FirstAttempt] = first,
            [CostTable.Shared] = shared,
            [CostTable.SecondAttempt] = second,
            [CostTable.NoAttempt] = none,
        };
        Assert.All(
            CostTable.Read().Where(row => row.Key != CostTable.PutBack),
            row => Assert.Equal(
            row.Value with { VaultReads = 0 }, counted[row.Key].Cost(executions[counted[row.Key].Number])));
    }

    static async Task<CountedDelivery> DeliverAsync(CountedStack stack, string tenant)
    {
        await stack.SubscribeAsync(tenant);
        return await stack.DeliverAsync(tenant);
    }

    // Again if the machine was so busy that the first one's reads had been forgotten.
    static async Task<(CountedDelivery First, CountedDelivery Second)> TwoCloselyAsync(CountedStack stack)
    {
        for (var pair = 0; ; pair++)
        {
            Assert.True(pair < MaxPairs, $"Of {MaxPairs} pairs of deliveries none took less than {SubscriptionKept}.");
            var begun = TimeProvider.System.GetTimestamp();
            var first = await DeliverAsync(stack, $"pair-{pair}");
            var second = await stack.DeliverAsync($"pair-{pair}");
            if (TimeProvider.System.GetElapsedTime(begun) < SubscriptionKept)
            {
                return (first, second);
            }
        }
    }

    // The first waits are shorter by the fast clock than a subscription is kept, and by the real one longer: then every
    // attempt reads it, as the rows before have shown. The last one also reads whether the tenant wants notices.
    static CountedDelivery AsByTheRealClock(CountedDelivery counted)
    {
        Assert.InRange(counted.Tables.SubscriptionReads, 2, counted.Requests + 1);
        return counted with { Tables = counted.Tables with { SubscriptionReads = counted.Requests + 1 } };
    }
}
