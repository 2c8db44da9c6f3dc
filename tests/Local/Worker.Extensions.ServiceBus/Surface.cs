using System.Reflection;

namespace Atrium.Local.Worker.Extensions.ServiceBus.Tests;

/// <summary>What others may use of an assembly, a line for each type and member.</summary>
static class Surface
{
    const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

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
        .. type.GetConstructors(Declared).Where(IsShown).Select(ctor => $"{type.Name}.ctor({Parameters(ctor)}){(ctor.IsFamily ? " [protected]" : "")}"),
        .. type.GetMethods(Declared).Where(method => IsShown(method) && !method.IsSpecialName).Select(method =>
            $"{type.Name}.{method.Name}({Parameters(method)}){(method.IsVirtual ? " [virtual]" : "")} : {Name(method.ReturnType)}"),
        .. type.GetProperties(Declared).Where(property => property.GetMethod is { } get && IsShown(get)).Select(property =>
            $"{type.Name}.{property.Name} : {Name(property.PropertyType)}{Mark(new NullabilityInfoContext().Create(property))} {{get{(property.CanWrite ? ";set" : "")}}}"),
        .. type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily).Select(field => $"{type.Name}.{field.Name} : {Name(field.FieldType)}"),
    ];

    static IEnumerable<string> Bases(Type type) => type.GetInterfaces().Except(type.BaseType!.GetInterfaces()).Prepend(type.BaseType).Select(one => one.Name);

    static bool IsShown(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType)}{Mark(new NullabilityInfoContext().Create(parameter))} {parameter.Name}{Default(parameter)}"));

    // None of them has another default than that of its type.
    static string Default(ParameterInfo parameter) =>
        !parameter.HasDefaultValue ? "" : parameter.DefaultValue is null ? " = default" : $" = {parameter.DefaultValue}";

    static string Mark(NullabilityInfo info) => info.ReadState == NullabilityState.Nullable && !info.Type.IsValueType ? "?" : "";

    static string Name(Type type) =>
        Keywords.TryGetValue(type, out var keyword) ? keyword
        : type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
