namespace Atrium.Functions.Portal;

internal static class PortalServices
{
    /// <summary>Sessions of the admin's page.</summary>
    public static IServiceCollection AddPortal(this IServiceCollection services) => services
        .AddSingleton<PortalKeys>()
        .AddSingleton<PortalTokens>()
        .AddSingleton<PortalExpiry>()
        .AddSingleton<PortalCallers>()
        .AddSingleton<PortalDocument>();
}
