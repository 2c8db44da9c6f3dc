namespace Atrium.Functions;

internal static class CheckedSettings
{
    /// <summary>The settings of a section, checked at start by their annotations.</summary>
    public static IServiceCollection AddChecked<T>(this IServiceCollection services, string section)
        where T : class
    {
        services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
        return services;
    }
}
