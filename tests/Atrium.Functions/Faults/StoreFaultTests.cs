using System.Net;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Telemetry;
using Atrium.Functions.Tests.Fakes.Contracts;

namespace Atrium.Functions.Tests.Faults;

/// <summary>
/// Every call that the app makes to tables, vault and blobs, spoiled in every way. Afterwards it either reports success
/// and took effect once, or it says that it failed, as an outage, and is right when it is repeated.
/// </summary>
[Collection(SharedAzurite.Name)]
public sealed class StoreFaultTests(FaultyStores stores) : IClassFixture<FaultyStores>, IAsyncLifetime
{
    public Task InitializeAsync() => stores.EmptyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string> Operations => [.. StoreOperation.ByName.Keys];

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task An_operation_takes_effect_once_or_says_that_it_failed_and_may_be_repeated(string name)
    {
        var operation = StoreOperation.ByName[name];
        // The first finds no table, and makes more calls than those after it.
        Assert.True((await RunAsync(operation, Fault.ByName.First().Value, call: 1)).IsStruck);
        var (_, calls) = await RunAsync(operation, fault: null, call: 1);
        foreach (var (fault, spoiled) in Fault.ByName)
        {
            var count = calls.GetValueOrDefault(spoiled);
            Assert.True(count > 0 || spoiled.Answer is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict,
                fault);
            for (var call = 1; call <= count; call++)
            {
                var (isStruck, _) = await RunAsync(operation, spoiled, call);
                Assert.True(isStruck, $"{fault}: there was no call {call}, of {count} without a fault.");
            }
        }
    }

    /// <returns>Whether the operation made so many calls, and how many it made that each fault fits.</returns>
    async Task<(bool IsStruck, IReadOnlyDictionary<Fault, int> Calls)> RunAsync(
        StoreOperation operation, Fault? fault, int call)
    {
        await using var it = new StoreCase(stores, $"t{Guid.NewGuid():n}");
        if (operation.Given is { } given)
        {
            await given(it);
        }

        using var caller = new CancellationTokenSource();
        stores.Spoil(fault, call, caller);
        try
        {
            var failure = await FailureAsync(() => operation.Run(it, caller.Token));
            Assert.True(
                failure is null || Outage.IsOne(failure, default),
                $"After {fault} at call {call}, this is no outage: {failure}");
            var (struck, calls) = (stores.HaveStruck, stores.Calls);
            stores.Spoil(null);
            Assert.True(struck || failure is null, $"Without a fault it fails: {failure}");
            if (failure is not null)
            {
                Assert.True(await operation.Run(it, default), $"After {fault} at call {call}, it cannot be repeated.");
            }

            await operation.Check(it);
            return (struck, calls);
        }
        finally
        {
            stores.Spoil(null);
        }
    }

    // Null for success. What an operation reports by a value is the failure of a call that others came in between.
    static async Task<Exception?> FailureAsync(Func<Task<bool>> run)
    {
        try
        {
            return await run() ? null : new TimeoutException("It reports that it did not take effect.");
        }
        catch (OutcomeNotRecordedException e)
        {
            return e.InnerException;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
