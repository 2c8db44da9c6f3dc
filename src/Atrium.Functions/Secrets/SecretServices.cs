namespace Atrium.Functions.Secrets;

internal static class SecretServices
{
    /// <summary>The signing secrets in the vault.</summary>
    public static IServiceCollection AddSecrets(this IServiceCollection services) => services.AddSingleton<SecretVault>().AddSingleton<SigningKeys>();
}
