using System.Globalization;
using System.Reflection;

namespace Atrium.Local.ApiSurface.Tests.Printing;

/// <summary>The default of an optional parameter or the value of a constant, as C# writes it.</summary>
internal static class DefaultValue
{
    public static string Of(ParameterInfo parameter) => parameter.HasDefaultValue ? " = " + Of(parameter.DefaultValue, parameter.ParameterType) : "";

    public static string Of(object? value, Type type) => value switch
    {
        null when type.IsValueType && Nullable.GetUnderlyingType(type) is null => "default",
        null => "null",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        Enum member => $"{TypeNames.Of(member.GetType())}.{member}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
