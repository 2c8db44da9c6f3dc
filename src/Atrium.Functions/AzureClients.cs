using Atrium.Functions.Messaging;
using Atrium.Functions.Subscriptions;
using Atrium.Functions.Telemetry;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Azure.Security.KeyVault.Secrets;
using Azure.Storage.Blobs;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Atrium.Functions;

/// <summary>
/// The clients of Azure's services. On Azure they sign in as the app's identity; locally, connection strings are set
/// instead.
/// </summary>
internal static partial class AzureClients
{
    /// <summary>Setting: a connection string, or the prefix of <c>serviceUri</c>.</summary>
    public const string Tables = "Tables";

    const string TablesUri = Tables + ":serviceUri";
    const string Namespace = Queues.Connection + ":fullyQualifiedNamespace";

    /// <summary>Setting: the vault's address.</summary>
    public const string VaultUri = "KeyVault:vaultUri";

    /// <summary>Setting: the container for backups, with a signature where there is one in its address.</summary>
    public const string BackupUri = "Backup:containerUri";

    // Three tries of three seconds and the waits between them: ten seconds, which is what the lock's budget allows for
    // a call.
    const int MaxRetries = 2;
    static readonly TimeSpan TryTimeout = TimeSpan.FromSeconds(3);
    static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);
    static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);

    public static IServiceCollection AddAzureClients(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => CredentialOf(provider.GetRequiredService<IConfiguration>()));
        return services
            .AddSingleton(ServiceBusOf)
            .AddSingleton(TablesOf)
            .AddSingleton(VaultOf)
            .AddSingleton(BackupOf)
            .AddSingleton(SectionOf(TablesUri))
            .AddSingleton(SectionOf(VaultUri))
            .AddSingleton(SectionOf(BackupUri))
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

    /// <summary>
    /// The same for the clients that fetch tokens. A managed identity only follows a retry policy: without one, it
    /// tries six times, for up to twenty seconds.
    /// </summary>
    public static T ForTokens<T>(T options)
        where T : TokenCredentialOptions
    {
        WithinBudget(options).RetryPolicy =
            new RetryPolicy(MaxRetries, DelayStrategy.CreateFixedDelayStrategy(LongestWait));
        return options;
    }

    static SettingsSection SectionOf(string setting)
    {
        var at = setting.IndexOf(':', StringComparison.Ordinal);
        return new(setting[..at], [setting[(at + 1)..]]);
    }

    // Outside the client's own retries: only the final result of a call counts.
    static T Told<T>(T options, string dependency, IServiceProvider provider)
        where T : ClientOptions
    {
        options.AddPolicy(
            new OutagePolicy(dependency, provider.GetRequiredService<OutageLog>()), HttpPipelinePosition.PerCall);
        return options;
    }

    static TokenCredential CredentialOf(IConfiguration configuration) =>
        configuration["AZURE_CLIENT_ID"] is { Length: > 0 } clientId
            ? new ManagedIdentityCredential(
                ForTokens(new ManagedIdentityCredentialOptions(ManagedIdentityId.FromUserAssignedClientId(clientId))))
            : new DefaultAzureCredential(ForTokens(new DefaultAzureCredentialOptions()));

    static ServiceBusClient ServiceBusOf(IServiceProvider provider)
    {
        // PatientSender does the waiting, so each try has to end soon.
        var options = new ServiceBusClientOptions
        {
            RetryOptions =
            {
                MaxRetries = MaxRetries, TryTimeout = SendTimeout, MaxDelay = LongestWait, Delay = LongestWait,
            },
        };
        return Setting(provider, Queues.Connection) is { } connectionString
            ? Valid(Queues.Connection, () => new ServiceBusClient(connectionString, options))
            : Valid(
                Namespace,
                () => new ServiceBusClient(
                    Required(provider, Namespace), provider.GetRequiredService<TokenCredential>(), options));
    }

    static TableServiceClient TablesOf(IServiceProvider provider)
    {
        var options = Told(WithinBudget(new TableClientOptions()), Dependency.Tables, provider);
        return Setting(provider, Tables) is { } connectionString
            ? Valid(Tables, () => new TableServiceClient(connectionString, options))
            : Valid(
                TablesUri,
                () => new TableServiceClient(
                    new Uri(Required(provider, TablesUri)), provider.GetRequiredService<TokenCredential>(), options));
    }

    static BackupContainer BackupOf(IServiceProvider provider)
    {
        return new(
            Setting(provider, BackupUri) is { } address ? Valid(BackupUri, () => Container(new Uri(address))) : null);

        // Nobody waits for it, so it has the client's own tries.
        BlobContainerClient Container(Uri uri)
        {
            var options = Told(new BlobClientOptions(), Dependency.Blobs, provider);
            return uri.Query.Length > 0
                ? new BlobContainerClient(uri, options)
                : new BlobContainerClient(uri, provider.GetRequiredService<TokenCredential>(), options);
        }
    }

    static SecretClient VaultOf(IServiceProvider provider)
    {
        var options = Told(WithinBudget(new SecretClientOptions()), Dependency.Vault, provider);
        TrustLocalVault(provider.GetRequiredService<IConfiguration>(), options);
        return Valid(
            VaultUri,
            () => new SecretClient(
                new Uri(Required(provider, VaultUri)), provider.GetRequiredService<TokenCredential>(), options));
    }

    /// <summary>Implemented in LocalVault.cs, which is not published.</summary>
    static partial void TrustLocalVault(IConfiguration configuration, SecretClientOptions options);

    static string? Setting(IServiceProvider provider, string key) =>
        provider.GetRequiredService<IConfiguration>()[key] is { Length: > 0 } value ? value : null;

    static string Required(IServiceProvider provider, string key) =>
        Setting(provider, key) ?? throw Invalid(key, "It is missing.");

    static T Valid<T>(string key, Func<T> create)
    {
        try
        {
            return create();
        }
        catch (Exception e) when (e is FormatException or ArgumentException
            || e is InvalidOperationException and not ObjectDisposedException)
        {
            throw Invalid(key, e.Message);
        }
    }

    // The host shows what options validation says as a sentence; the value itself may hold a key and is not repeated.
    static OptionsValidationException Invalid(string key, string why)
    {
        var name = key.Replace(":", "__", StringComparison.Ordinal);
        return new OptionsValidationException(
            name, typeof(AzureClients),
            [$"The setting {name} cannot be used: {why} local.settings.sample.json explains it."]);
    }
}
