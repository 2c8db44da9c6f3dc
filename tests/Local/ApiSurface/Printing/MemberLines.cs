using System.Reflection;
using System.Runtime.CompilerServices;

namespace Atrium.Local.ApiSurface.Tests.Printing;

/// <summary>One line for a member that others than its assembly can see; null for one that they cannot.</summary>
internal sealed class MemberLines(TypeNames names)
{
    public string? Of(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => Of(constructor),
        MethodInfo method => Of(method),
        PropertyInfo property => Of(property),
        EventInfo @event => Of(@event),
        FieldInfo field => Of(field),
        _ => null,
    };

    private string? Of(ConstructorInfo constructor)
    {
        var access = constructor.DeclaringType!.IsAbstract && constructor.IsPublic ? "protected" : Modifiers.Access(constructor);
        return access is null || constructor.IsStatic ? null : $"{Owner(constructor)}.ctor({ParameterList.Of(constructor, names)}) [{access}]";
    }

    private string? Of(MethodInfo method)
    {
        var isAccessor = method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);
        if (Modifiers.Access(method) is null || isAccessor || OverridesObject(method))
        {
            return null;
        }

        var signature = $"{method.Name}{TypeParameters.Of(method)}({ParameterList.Of(method, names)})";
        return $"{Owner(method)}.{signature} : {names.Of(method.ReturnParameter)}{TypeParameters.Constraints(method)} [{Modifiers.Of(method)}]";
    }

    private string? Of(PropertyInfo property)
    {
        if (Modifiers.Widest(property.GetMethod, property.SetMethod) is not { } widest)
        {
            return null;
        }

        string?[] accessors = [Accessor(property.GetMethod, "get", widest), Accessor(property.SetMethod, Setter(property), widest)];
        var shown = string.Join(';', accessors.OfType<string>());
        return $"{Owner(property)}.{Name(property)} : {names.Of(property)} {{{shown}}} [{Modifiers.Of(widest)}]";
    }

    private string? Of(EventInfo @event) => Modifiers.Widest(@event.AddMethod) is { } adder
        ? $"{Owner(@event)}.{@event.Name} : event {names.Of(@event)} [{Modifiers.Of(adder)}]"
        : null;

    private string? Of(FieldInfo field) => (Modifiers.Access(field), field) switch
    {
        (null, _) => null,
        (_, { IsLiteral: true, DeclaringType.IsEnum: true }) => $"{Owner(field)}.{field.Name} = {Constant(field)}",
        (var access, { IsLiteral: true }) => $"{Owner(field)}.{field.Name} : const {names.Of(field)} = {Constant(field)} [{access}]",
        (var access, { IsInitOnly: true }) => $"{Owner(field)}.{field.Name} : readonly {names.Of(field)} [{access}{Static(field)}]",
        (var access, _) => $"{Owner(field)}.{field.Name} : {names.Of(field)} [{access}{Static(field)}]",
    };

    private static string Owner(MemberInfo member) => TypeNames.Of(member.DeclaringType!);

    private static string Constant(FieldInfo field) => DefaultValue.Of(field.GetRawConstantValue(), field.FieldType);

    private static string Static(FieldInfo field) => field.IsStatic ? " static" : "";

    private string Name(PropertyInfo property)
    {
        var indexes = property.GetIndexParameters().Select(index => names.Of(index) + " " + index.Name).ToArray();
        return indexes.Length > 0 ? $"this[{string.Join(", ", indexes)}]" : property.Name;
    }

    private static string? Accessor(MethodInfo? accessor, string keyword, MethodInfo widest)
    {
        var access = accessor is null ? null : Modifiers.Access(accessor);
        return access is null ? null : access == Modifiers.Access(widest) ? keyword : $"{access} {keyword}";
    }

    private static string Setter(PropertyInfo property) =>
        property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true ? "init" : "set";

    private static bool OverridesObject(MethodInfo method) =>
        Modifiers.IsOverride(method) && method.GetBaseDefinition().DeclaringType == typeof(object);
}
