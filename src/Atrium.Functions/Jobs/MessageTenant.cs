using Atrium.Functions.Deliveries;
using Atrium.Functions.Subscriptions;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.Jobs;

/// <summary>Whose a message is.</summary>
internal static class MessageTenant
{
    /// <summary>What names no tenant, or none that can be, is the default tenant's.</summary>
    public static string Of(ServiceBusReceivedMessage message) =>
        message.ApplicationProperties.GetValueOrDefault(DeliveryProperties.Tenant) is string tenant && TenantId.IsValid(tenant) ? tenant : TenantId.Default;

    /// <summary>Whether a job may touch and count a message: it is its tenant's, or the job is the app's own.</summary>
    public static bool IsCoveredBy(Job job, ServiceBusReceivedMessage message) => job.Tenant == JobTenant.System || Of(message) == job.Tenant;
}
