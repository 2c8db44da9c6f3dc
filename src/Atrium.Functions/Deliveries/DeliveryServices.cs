using Atrium.Functions.Egress;
using Atrium.Functions.Messaging;
using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Options;

namespace Atrium.Functions.Deliveries;

internal static class DeliveryServices
{
    /// <summary>Makes attempts, records them, and settles.</summary>
    public static IServiceCollection AddDeliveries(this IServiceCollection services)
    {
        services.AddOptions<DeliveryOptions>().BindConfiguration(DeliveryOptions.Section).ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<DeliveryOptions>, LockOutlastsAttempt>();
#pragma warning disable RS0030 // The one place where chance comes from; tests put their own here.
        services.AddSingleton<Func<double>>(Random.Shared.NextDouble);
#pragma warning restore RS0030
        foreach (var queue in Queues.All)
        {
            services.AddKeyedSingleton(
                queue, (provider, _) => provider.GetRequiredService<ServiceBusClient>().CreateSender(queue));
        }

        services.AddOptions<HostCallsOptions>().BindConfiguration(HostCallsOptions.Section).ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddOptions<CreditOptions>().BindConfiguration(CreditOptions.Section).ValidateDataAnnotations()
            .ValidateOnStart();
        return services
            .AddSingleton(provider => new EndpointBounds(
                provider.GetRequiredService<IOptions<HostCallsOptions>>().Value.MaxConcurrentCalls,
                provider.GetRequiredService<IOptions<EgressOptions>>().Value.Timeout))
            .AddSingleton<CreditPace>()
            .AddSingleton<PatientSender>()
            .AddSingleton<DeliveryQueue>()
            .AddSingleton<ParkedQueue>()
            .AddSingleton<AttemptBatcher>()
            .AddSingleton<AttemptLog>()
            .AddSingleton(AttemptTable.Weeks)
            .AddSingleton<EndpointGate>()
            .AddSingleton<LockCheck>()
            .AddSingleton<MessageSettler>()
            .AddSingleton<PutBacks>()
            .AddSingleton<FailureWatch>()
            .AddSingleton<DeliveryHandler>();
    }
}
