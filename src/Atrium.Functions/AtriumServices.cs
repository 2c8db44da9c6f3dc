using Atrium.Functions.Access;
using Atrium.Functions.AttemptHistory;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Events;
using Atrium.Functions.Jobs;
using Atrium.Functions.Operations;
using Atrium.Functions.Parking;
using Atrium.Functions.Secrets;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Atrium.Functions.TestWebhooks;

namespace Atrium.Functions;

internal static class AtriumServices
{
    /// <summary>What the app consists of.</summary>
    public static IServiceCollection AddAtrium(this IServiceCollection services) => services
        .AddSingleton(TimeProvider.System)
        .AddTelemetry()
        .AddAzureClients()
        .AddAccess()
        .AddEvents()
        .AddDeliveries()
        .AddAttemptHistory()
        .AddJobs()
        .AddDeadLetters()
        .AddSubscriptions()
        .AddParking()
        .AddTestWebhooks()
        .AddOperations()
        .AddSecrets()
        .AddEgress();
}
