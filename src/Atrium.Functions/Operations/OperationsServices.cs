namespace Atrium.Functions.Operations;

internal static class OperationsServices
{
    /// <summary>What the app allows, how it is, and why it does what it does.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services) =>
        services.AddSingleton<OpenApiDocument>().AddSingleton<HealthProbe>().AddSingleton<Dependencies>().AddSingleton<OldestWaiting>();
}
