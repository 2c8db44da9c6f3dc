namespace Atrium.Functions.Secrets;

internal static class SecretServices
{
    /// <summary>The signing secrets and header values in the vault.</summary>
    public static IServiceCollection AddSecrets(this IServiceCollection services) =>
        services.AddSingleton<SecretVault>().AddSingleton<SigningKeys>().AddSingleton<HeaderValues>();
}
