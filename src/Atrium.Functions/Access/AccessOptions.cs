namespace Atrium.Functions.Access;

/// <summary>
/// The settings under <c>Access</c>: whether people may call the admin API themselves, and which tenant is theirs.
/// </summary>
internal sealed class AccessOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Access";

    /// <summary>
    /// Whether App Service Authentication is on, and signed-in users are held to the tenant of their claim.
    /// </summary>
    /// <value>False by default: every caller is Atrium's own back end.</value>
    /// <remarks>
    /// Only where App Service Authentication really is on: it takes <see cref="ClientPrincipal.Header"/> off whatever
    /// comes from outside and puts it there itself. Without it anybody could write the header, which is why it is
    /// ignored while this is off.
    /// </remarks>
    public bool SignedInUsers { get; set; }

    /// <summary>The type of the claim that holds the tenant, exactly as App Service passes it on.</summary>
    /// <value><c>tenant</c> by default; not empty.</value>
    public string TenantClaim { get; set; } = "tenant";
}

internal static class AccessServices
{
    /// <summary>Who may call, with the settings checked at start.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.Section)
            .Validate(
                options => !options.SignedInUsers || !string.IsNullOrWhiteSpace(options.TenantClaim),
                "Access__TenantClaim is empty, and a signed-in user's tenant would be unknown. Name the claim that "
                    + "holds it.")
            .ValidateOnStart();
        return services;
    }
}
