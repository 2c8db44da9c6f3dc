using Atrium.Functions.Deliveries;
using Atrium.Functions.Tests.Fakes;
using Microsoft.AspNetCore.Http;

namespace Atrium.Functions.Tests.Deliveries;

/// <summary>The host cancels its functions' tokens the moment that it stops, and waits for them all the same.</summary>
public sealed class DeliverFunctionStopTests : IAsyncLifetime, IDisposable
{
    readonly CancellationTokenSource _stopping = new();
    DeliveryRig _rig = null!;

    public async Task InitializeAsync() => _rig = await DeliveryRig.StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    public void Dispose() => _stopping.Dispose();

    [Fact]
    public async Task A_request_under_way_is_answered_recorded_and_settled_and_so_never_made_again()
    {
        StopWhileAsked(StatusCodes.Status204NoContent);

        await _rig.RunAsync(Some.Delivery(), stopping: _stopping.Token);

        Assert.Equal(AttemptOutcome.Delivered, Assert.Single(await _rig.AttemptsAsync()).Outcome);
        Assert.Single(_rig.Actions.Completed);
    }

    [Fact]
    public async Task The_retry_of_an_attempt_that_fails_meanwhile_is_scheduled()
    {
        StopWhileAsked(StatusCodes.Status503ServiceUnavailable);

        await _rig.RunAsync(Some.Delivery(), stopping: _stopping.Token);

        Assert.Equal(2, _rig.Scheduled().Attempt);
        Assert.Single(_rig.Actions.Completed);
    }

    void StopWhileAsked(int status) => _rig.Receiver.Answer = async http =>
    {
        await _stopping.CancelAsync();
        http.Response.StatusCode = status;
    };
}
