using Atrium.Functions.Jobs;
using Azure.Messaging.ServiceBus;

namespace Atrium.Functions.DeadLetters;

/// <summary>Whose messages a job may touch: its tenant's, or everyone's when it is the app's own.</summary>
internal static class DeadLetterScope
{
    public static bool Covers(Job job, ServiceBusReceivedMessage message) => job.Tenant == JobTenant.System || DeadLetter.TenantOf(message) == job.Tenant;
}
