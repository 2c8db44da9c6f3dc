namespace Atrium.Functions.Events;

internal static class EventServices
{
    /// <summary>Accepts events and makes deliveries of them.</summary>
    public static IServiceCollection AddEvents(this IServiceCollection services) =>
        services
            .AddSingleton<EventQueue>()
            .AddSingleton<EventKeys>()
            .AddSingleton(EventKeys.Weeks)
            .AddSingleton<FanOut>();
}
