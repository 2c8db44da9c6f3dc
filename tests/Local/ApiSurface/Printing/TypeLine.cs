using System.Reflection;
using System.Runtime.CompilerServices;

namespace Atrium.Local.ApiSurface.Tests.Printing;

/// <summary>The line that stands above a type's members: what it is, what it derives from, where it may stand when it is an attribute.</summary>
internal static class TypeLine
{
    public static string Of(Type type)
    {
        var bases = string.Join(", ", Bases(type));
        return $"{TypeNames.Of(type)} : {Kind(type)}{(bases.Length > 0 ? " : " + bases : "")}{Usage(type)}";
    }

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => type.IsDefined(typeof(IsReadOnlyAttribute), inherit: false) ? "readonly struct" : "struct",
        _ when type.IsSubclassOf(typeof(MulticastDelegate)) => "delegate",
        { IsAbstract: true, IsSealed: true } => "class, static",
        { IsAbstract: true } => "class, abstract",
        { IsSealed: true } => "class, sealed",
        _ => "class, unsealed",
    };

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.IsEnum)
        {
            var underlying = Enum.GetUnderlyingType(type);
            return underlying == typeof(int) ? [] : [TypeNames.Of(underlying)];
        }

        if (type.IsSubclassOf(typeof(MulticastDelegate)))
        {
            return [];
        }

        var inherited = type.BaseType?.GetInterfaces() ?? [];
        var own = type.GetInterfaces().Where(candidate => candidate.IsVisible).Except(inherited).ToArray();
        var implied = own.SelectMany(candidate => candidate.GetInterfaces());
        return
        [
            .. type.IsClass && type.BaseType != typeof(object) ? [TypeNames.Of(type.BaseType!)] : Array.Empty<string>(),
            .. own.Except(implied).Select(TypeNames.Of).Order(StringComparer.Ordinal),
        ];
    }

    private static string Usage(Type type)
    {
        if (!type.IsSubclassOf(typeof(Attribute)) || type.GetCustomAttribute<AttributeUsageAttribute>(inherit: true) is not { } usage)
        {
            return "";
        }

        var targets = usage.ValidOn.ToString().Replace(", ", " | ", StringComparison.Ordinal);
        return $" [AttributeUsage({targets}{(usage.AllowMultiple ? ", AllowMultiple = true" : "")}{(usage.Inherited ? "" : ", Inherited = false")})]";
    }
}
