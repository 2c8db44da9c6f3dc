using Atrium.Functions.Deliveries;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Atrium.Functions;

/// <summary>The clients of Azure's services. On Azure they sign in as the app's identity; locally, connection strings are set instead.</summary>
internal static class AzureClients
{
    /// <summary>Setting: a connection string, or the prefix of <c>serviceUri</c>.</summary>
    public const string Tables = "Tables";

    /// <summary>Setting: the vault's address.</summary>
    public const string VaultUri = "KeyVault:vaultUri";

    // Three tries of three seconds and the waits between them: ten seconds, which is what the lock's budget allows for a call.
    const int MaxRetries = 2;
    static readonly TimeSpan TryTimeout = TimeSpan.FromSeconds(3);
    static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);
    static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);

    public static IServiceCollection AddAzureClients(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => CredentialOf(provider.GetRequiredService<IConfiguration>()));
        services.TryAddSingleton(WithinBudget(new SecretClientOptions()));
        return services
            .AddSingleton(ServiceBusOf)
            .AddSingleton(TablesOf)
            .AddSingleton(VaultOf)
            .AddHostedService<ClientsAreConfigured>();
    }

    /// <summary>Fewer and shorter tries than the clients' defaults, which go on for minutes.</summary>
    public static T WithinBudget<T>(T options)
        where T : ClientOptions
    {
        options.Retry.MaxRetries = MaxRetries;
        options.Retry.NetworkTimeout = TryTimeout;
        options.Retry.MaxDelay = LongestWait;
        return options;
    }

    static TokenCredential CredentialOf(IConfiguration configuration) => configuration["AZURE_CLIENT_ID"] is { Length: > 0 } clientId
        ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId))
        : new DefaultAzureCredential();

    static ServiceBusClient ServiceBusOf(IServiceProvider provider)
    {
        // PatientSender does the waiting, and has to know within its patience.
        var options = new ServiceBusClientOptions { RetryOptions = { MaxRetries = MaxRetries, TryTimeout = SendTimeout, MaxDelay = LongestWait, Delay = LongestWait } };
        return Setting(provider, Queues.Connection) is { } connectionString
            ? new ServiceBusClient(connectionString, options)
            : new ServiceBusClient(
                Required(provider, $"{Queues.Connection}:fullyQualifiedNamespace"), provider.GetRequiredService<TokenCredential>(), options);
    }

    static TableServiceClient TablesOf(IServiceProvider provider)
    {
        var options = WithinBudget(new TableClientOptions());
        return Setting(provider, Tables) is { } connectionString
            ? new TableServiceClient(connectionString, options)
            : new TableServiceClient(new Uri(Required(provider, $"{Tables}:serviceUri")), provider.GetRequiredService<TokenCredential>(), options);
    }

    static SecretClient VaultOf(IServiceProvider provider) => new(
        new Uri(Required(provider, VaultUri)), provider.GetRequiredService<TokenCredential>(), provider.GetRequiredService<SecretClientOptions>());

    static string? Setting(IServiceProvider provider, string key) =>
        provider.GetRequiredService<IConfiguration>()[key] is { Length: > 0 } value ? value : null;

    static string Required(IServiceProvider provider, string key) => Setting(provider, key)
        ?? throw new InvalidOperationException(
            $"The setting {key.Replace(":", "__", StringComparison.Ordinal)} is missing; local.settings.sample.json explains it.");
}
