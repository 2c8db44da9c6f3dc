using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Messaging;

internal static class MessagingServices
{
    /// <summary>Sends to the queues, receives from them, settles, and puts back.</summary>
    public static IServiceCollection AddMessaging(this IServiceCollection services)
    {
        foreach (var queue in Queues.All)
        {
            services.AddKeyedSingleton(
                queue, (provider, _) => provider.GetRequiredService<ServiceBusClient>().CreateSender(queue));
        }

        return services
            .AddSettings<CreditOptions>(CreditOptions.Section)
            .AddSingleton<CreditPace>()
            .AddSingleton<PatientSender>()
            .AddSingleton<QueueReceivers>()
            .AddSingleton<MessageSettler>()
            .AddSingleton<PutBacks>();
    }
}
