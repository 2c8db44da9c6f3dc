using System.Reflection;

namespace Atrium.Local.Worker.Extensions.ServiceBus.Tests;

/// <summary>What others may use of an assembly, a line for each type and member.</summary>
static class Surface
{
    const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Static | BindingFlags.Instance;

    static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(string)] = "string",
        [typeof(object)] = "object",
        [typeof(bool)] = "bool",
        [typeof(void)] = "void",
    };

    public static IEnumerable<string> Of(Assembly assembly) =>
        assembly.GetExportedTypes().SelectMany(LinesOf).Order(StringComparer.OrdinalIgnoreCase);

    static IEnumerable<string> LinesOf(Type type) =>
    [
        $"{type.Name} : {string.Join(", ", Bases(type))}{(type.IsSealed ? ", sealed" : "")}",
        .. type.GetConstructors(Declared).Where(IsShown).Select(ctor => $"{type.Name}.ctor{Line(ctor)}"),
        .. type.GetMethods(Declared).Where(IsShown).Where(method => !method.IsSpecialName)
            .Select(method => $"{type.Name}.{method.Name}{Line(method)} : {Name(method.ReturnType)}"),
        .. type.GetProperties(Declared).Where(property => property.GetAccessors(nonPublic: true).Any(IsShown))
            .Select(property => $"{type.Name}.{property.Name} : {Line(property)}"),
        .. type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily)
            .Select(field => $"{type.Name}.{field.Name} : {Name(field.FieldType)}"),
    ];

    static string Line(MethodBase method) =>
        $"({string.Join(", ", method.GetParameters().Select(Line))})"
        + (method.IsFamily ? " [protected]" : "")
        + (method.IsVirtual ? " [virtual]" : "");

    static string Line(ParameterInfo parameter)
    {
        var nullability = new NullabilityInfoContext().Create(parameter);
        return $"{Name(parameter.ParameterType)}{Mark(nullability)} {parameter.Name}{Default(parameter)}";
    }

    static string Line(PropertyInfo property)
    {
        var nullability = new NullabilityInfoContext().Create(property);
        return $"{Name(property.PropertyType)}{Mark(nullability)} {{get{(property.CanWrite ? ";set" : "")}}}";
    }

    static IEnumerable<string> Bases(Type type) =>
        type.GetInterfaces().Except(type.BaseType!.GetInterfaces()).Prepend(type.BaseType).Select(one => one.Name);

    static bool IsShown(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    // None of them has another default than that of its type.
    static string Default(ParameterInfo parameter) =>
        !parameter.HasDefaultValue ? ""
            : parameter.DefaultValue is null ? " = default" : $" = {parameter.DefaultValue}";

    static string Mark(NullabilityInfo info) =>
        info.ReadState == NullabilityState.Nullable && !info.Type.IsValueType ? "?" : "";

    static string Name(Type type) =>
        Keywords.TryGetValue(type, out var keyword) ? keyword
        : type.IsGenericType
            ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
