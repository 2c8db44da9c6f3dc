using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Atrium.Functions;

internal static class CheckedSettings
{
    /// <summary>What to say of a setting that is out of its range.</summary>
    public const string Between = "{0} must be between {1} and {2}.";

    /// <summary>The app's own settings of a section, checked at start by their annotations.</summary>
    public static IServiceCollection AddSettings<T>(this IServiceCollection services, string section)
        where T : class => services
        .AddChecked<T>(section)
        .AddSingleton(new SettingsSection(
            section, [.. typeof(T).GetProperties().Where(property => property.CanWrite).Select(its => its.Name)]));

    /// <summary>Settings of a section that is not only the app's, checked at start by their annotations.</summary>
    public static IServiceCollection AddChecked<T>(this IServiceCollection services, string section)
        where T : class
    {
        services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
        return services.AddSingleton<IValidateOptions<T>>(new ByAnnotations<T>(section));
    }

    // Names a setting as an admin writes it, which ValidateDataAnnotations() does not.
    sealed class ByAnnotations<T>(string section) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var faults = new List<ValidationResult>();
            foreach (var property in typeof(T).GetProperties())
            {
                var context = new ValidationContext(options)
                {
                    MemberName = property.Name,
                    DisplayName = SettingsSection.NameOf(section, property.Name),
                };
                Validator.TryValidateProperty(property.GetValue(options), context, faults);
            }

            if (options is IValidatableObject whole)
            {
                faults.AddRange(whole.Validate(new(options)));
            }

            return faults.Count == 0
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(faults.Select(fault => fault.ErrorMessage!));
        }
    }
}

/// <summary>A section in which all settings are the app's.</summary>
/// <param name="Name">The section.</param>
/// <param name="Known">The settings in it that there are.</param>
internal sealed record SettingsSection(string Name, IReadOnlyList<string> Known)
{
    /// <summary>A setting as an admin writes it.</summary>
    public static string NameOf(string section, string setting) =>
        $"{section}:{setting}".Replace(":", "__", StringComparison.Ordinal);
}
