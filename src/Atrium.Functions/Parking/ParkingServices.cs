using Atrium.Functions.Jobs;

namespace Atrium.Functions.Parking;

internal static class ParkingServices
{
    /// <summary>Pauses and resumes subscriptions, and brings back what was parked.</summary>
    public static IServiceCollection AddParking(this IServiceCollection services) => services
        .AddSingleton<ParkedMessages>()
        .AddSingleton<PauseSwitch>()
        .AddSingleton<ParkedReturn>()
        .AddSingleton<IJobWork, ResumeWork>();
}
