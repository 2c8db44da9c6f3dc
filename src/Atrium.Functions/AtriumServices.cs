using Atrium.Functions.Access;
using Atrium.Functions.AttemptHistory;
using Atrium.Functions.Console;
using Atrium.Functions.DeadLetters;
using Atrium.Functions.Deliveries;
using Atrium.Functions.Egress;
using Atrium.Functions.Erasure;
using Atrium.Functions.Events;
using Atrium.Functions.Jobs;
using Atrium.Functions.Messaging;
using Atrium.Functions.Operations;
using Atrium.Functions.Overview;
using Atrium.Functions.Parking;
using Atrium.Functions.Portal;
using Atrium.Functions.Secrets;
using Atrium.Functions.Storage;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Atrium.Functions.TestWebhooks;
using Atrium.Functions.Timers;

namespace Atrium.Functions;

internal static class AtriumServices
{
    /// <summary>
    /// Registers the app's services. Folders with settings have an AddX of their own, which checks the settings at
    /// start.
    /// </summary>
    public static IServiceCollection AddAtrium(this IServiceCollection services) => services
        .AddSingleton(TimeProvider.System)
#pragma warning disable RS0030 // The one place where chance comes from; tests put their own here.
        .AddSingleton<Func<double>>(Random.Shared.NextDouble)
#pragma warning restore RS0030
        .AddHostedService<UnknownSettings>()
        .AddAzureClients()
        .AddAccess()
        .AddConsole()
        .AddMessaging()
        .AddDeliveries()
        .AddDeadLetters()
        .AddEgress()
        .AddTimers()

        // Telemetry. TelemetryExport decides whether it is exported.
        .AddMetrics()
        .AddSingleton<QueueMeasures>()
        .AddSingleton<AtriumMetrics>()
        .AddSingleton<OutageLog>()
        .AddSingleton<FailedRequests>()
        .AddSingleton<TimedWork>()
        .AddCallLineFilter()

        // Storage
        .AddHostedService<TablesAtStart>()
        .AddSingleton<TablePurge>()
        .AddSingleton<UnreadableRows>()

        // Events
        .AddSingleton<EventQueue>()
        .AddSingleton<EventKeys>()
        .AddSingleton(EventKeys.Weeks)
        .AddSingleton<FanOut>()

        // Subscriptions, and their secrets in the vault
        .AddSingleton<SubscriptionStore>()
        .AddSingleton<RestoreMark>()
        .AddSingleton<FreshSubscriptions>()
        .AddSingleton<SubscriptionCache>()
        .AddSingleton<SubscriptionAdmissions>()
        .AddSingleton<SubscriptionChanges>()
        .AddSingleton<SubscriptionCreation>()
        .AddSingleton<SubscriptionBackup>()
        .AddSingleton<SubscriptionRestore>()
        .AddSingleton<SecretPurge>()
        .AddSingleton<SecretVault>()
        .AddSingleton<SigningKeys>()
        .AddSingleton<HeaderValues>()

        // Attempt history, and tests of a webhook
        .AddSingleton<AttemptReader>()
        .AddSingleton<OverviewReader>()
        .AddSingleton<OverviewCache>()
        .AddSingleton<TestGate>()
        .AddSingleton<TestSending>()

        // Jobs; what their steps do is registered as IJobWork by those who know.
        .AddSingleton<JobStore>()
        .AddSingleton<JobQueue>()
        .AddSingleton<JobStarter>()
        .AddSingleton<JobRunner>()
        .AddSingleton<JobWatch>()

        // Erasure
        .AddSingleton<IJobWork, EraseWork>()

        // Parking
        .AddSingleton<PauseSwitch>()
        .AddSingleton<StrandedParked>()
        .AddSingleton<IJobWork, ResumeWork>()

        // Sessions of the admin's page
        .AddSingleton<PortalKeys>()
        .AddSingleton<PortalTokens>()
        .AddSingleton<PortalExpiry>()
        .AddSingleton<PortalCallers>()
        .AddSingleton<PortalDocument>()

        // Operations
        .AddSingleton<OpenApiDocument>()
        .AddSingleton<HealthProbe>()
        .AddSingleton<HealthCheck>()
        .AddSingleton<OldestWaiting>()
        .AddSingleton<QueueAges>();
}
