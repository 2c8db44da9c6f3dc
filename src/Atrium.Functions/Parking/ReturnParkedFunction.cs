using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Parking;

/// <summary>Has what lies parked for a subscription that is not paused sent back, so that a race between a pause and a resume loses nothing.</summary>
internal sealed class ReturnParkedFunction(ParkedReturn parked)
{
    /// <summary>Every minute. What fails is tried again the next minute.</summary>
    [Function("ReturnParked")]
    public Task RunAsync([TimerTrigger("0 * * * * *")] TimerInfo timer, CancellationToken cancellationToken) => parked.RunAsync(cancellationToken);
}
