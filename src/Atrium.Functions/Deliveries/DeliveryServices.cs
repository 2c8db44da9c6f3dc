using Atrium.Functions.Egress;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Deliveries;

internal static class DeliveryServices
{
    /// <summary>Makes attempts, records them, and settles.</summary>
    public static IServiceCollection AddDeliveries(this IServiceCollection services) => services
        .AddSettings<DeliveryOptions>(DeliveryOptions.Section)
        .AddSingleton<IValidateOptions<DeliveryOptions>, LockOutlastsAttempt>()
        .AddChecked<HostCallsOptions>(HostCallsOptions.Section)
        .AddSingleton(provider => new EndpointBounds(
            provider.GetRequiredService<IOptions<HostCallsOptions>>().Value.MaxConcurrentCalls,
            provider.GetRequiredService<IOptions<EgressOptions>>().Value.Timeout))
        .AddSingleton<DeliveryQueue>()
        .AddSingleton<ParkedQueue>()
        .AddSingleton<AttemptBatcher>()
        .AddSingleton<AttemptLog>()
        .AddSingleton(AttemptTable.Weeks)
        .AddSingleton<EndpointGate>()
        .AddSingleton<LockCheck>()
        .AddSingleton<FailureWatch>()
        .AddSingleton<DeliveryHandler>();
}
