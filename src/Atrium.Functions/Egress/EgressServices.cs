using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Egress;

internal static class EgressServices
{
    /// <summary>Adds the one client that talks to customers' endpoints, with its settings checked at start.</summary>
    public static IServiceCollection AddEgress(this IServiceCollection services)
    {
        services.AddOptions<EgressOptions>().BindConfiguration(EgressOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        return services.AddSingleton(provider => new EgressClient(
            provider.GetRequiredService<IOptions<EgressOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<EgressClient>>()));
    }
}
