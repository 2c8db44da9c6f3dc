using System.Text.Json;

namespace Atrium.Functions.Parking;

/// <summary>What a job of the kind <c>Resume</c> was asked for.</summary>
/// <param name="SubscriptionId">Whose parked deliveries go out.</param>
internal sealed record ResumeArguments(string SubscriptionId)
{
    public string Write() => JsonSerializer.Serialize(this, ParkingJson.Default.ResumeArguments);

    public static ResumeArguments Read(string json) => JsonSerializer.Deserialize(json, ParkingJson.Default.ResumeArguments)!;
}
