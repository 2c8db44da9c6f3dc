namespace Atrium.Functions.Access;

internal static class AccessServices
{
    /// <summary>Who may call, with the settings checked at start.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.Section)
            .Validate(
                options => !options.SignedInUsers || !string.IsNullOrWhiteSpace(options.TenantClaim),
                "Access__TenantClaim is empty, and a signed-in user's tenant would be unknown. Name the claim that holds it.")
            .ValidateOnStart();
        return services;
    }
}
