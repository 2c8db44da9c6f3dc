using Atrium.Local.Emulators.KeyVault;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;

namespace Atrium.Functions.LocalRuntime;

internal static class LocalVaultServices
{
    /// <summary>Has the secrets' client trust the vault's own certificate, and give it the token that it takes.</summary>
    public static IServiceCollection AddLocalVault(this IServiceCollection services, KeyVaultEmulator vault) => services
        .AddSingleton<TokenCredential>(new LocalVaultCredential())
        .AddSingleton(AzureClients.WithinBudget(
            new SecretClientOptions { Transport = new HttpClientTransport(new HttpClient(vault.CreateTrustingHandler())) }));
}
